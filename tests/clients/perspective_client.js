// Calls a server with the package perspective-api-client. Its address is written into it; here each call is turned
// around on its way out, as a line in /etc/hosts would do.
//
// node perspective_client.js http://127.0.0.1:8080
'use strict';
const assert = require('node:assert/strict');
const {createRequire} = require('node:module');
const path = require('node:path');

const here = createRequire(path.join(process.cwd(), 'package.json'));
const Perspective = here('perspective-api-client');
const axios = createRequire(here.resolve('perspective-api-client'))('axios');

async function main(base) {
  let turned = 0;
  axios.interceptors.request.use((config) => {
    const address = config.url.replace(/^https:\/\/[^/]*/, base);
    turned += address === config.url ? 0 : 1;
    return {...config, url: address};
  });
  const perspective = new Perspective({apiKey: 'any'});

  const rude = await perspective.analyze('<b>What</b> a silly fool you are');
  assert.ok(rude.attributeScores.TOXICITY.summaryScore.value > 0.5);
  assert.deepEqual(rude.languages, ['en']);

  const several = await perspective.analyze('Good day', {attributes: ['toxicity', 'insult', 'spam']});
  assert.deepEqual(Object.keys(several.attributeScores), ['TOXICITY', 'INSULT']);

  const whole = await perspective.analyze({
    comment: {text: 'You fool. Good day.'},
    requestedAttributes: {TOXICITY: {scoreThreshold: 0.999}},
    languages: ['en'],
  });
  assert.equal(whole.attributeScores, undefined);

  await assert.rejects(
    perspective.analyze('', {validate: false}),
    (error) => error.name === 'ResponseError' && error.message === 'Comment must be non-empty.',
  );
  await assert.rejects(
    perspective.analyze('é'.repeat(20000)),
    (error) => error.message === 'Comment text too long.',
  );
  assert.equal(turned, 5);
  console.log('fine');
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
