// Calls a server with googleapis-common, as OSMod and others do by `google.discoverAPI`.
//
// node google_client.js http://127.0.0.1:8080
'use strict';
const assert = require('node:assert/strict');
const {createRequire} = require('node:module');
const path = require('node:path');

// The packages lie where the test is run, not beside this file.
const {Discovery} = createRequire(path.join(process.cwd(), 'package.json'))('googleapis-common');

async function main(base) {
  const discovery = new Discovery({debug: false, includePrivate: false});
  const create = await discovery.discoverAPI(`${base}/$discovery/rest?version=v1alpha1`);
  const client = create({}, {_options: {}});

  const {data, status} = await client.comments.analyze({
    key: 'any',
    resource: {
      comment: {text: 'Good day. What a silly fool you are!', type: 'PLAIN_TEXT'},
      context: {entries: [{text: 'An article'}, {text: 'A reply'}]},
      requestedAttributes: {'TOXICITY@6': {}, INSULT: {}},
      languages: ['en'],
      spanAnnotations: true,
      doNotStore: true,
      clientToken: 'c1',
    },
  });
  assert.equal(status, 200);
  assert.equal(data.clientToken, 'c1');
  assert.deepEqual(Object.keys(data.attributeScores), ['TOXICITY@6', 'INSULT']);
  for (const {summaryScore, spanScores} of Object.values(data.attributeScores)) {
    assert.equal(summaryScore.type, 'PROBABILITY');
    assert.ok(summaryScore.value > 0.5);
    // The whole, and two sentences, the second of which is the rude one.
    assert.deepEqual(spanScores.map((span) => [span.begin, span.end]), [[0, 36], [0, 9], [10, 36]]);
    assert.ok(spanScores[2].score.value > spanScores[1].score.value);
  }

  const suggested = await client.comments.suggestscore({
    key: 'any',
    resource: {
      comment: {text: 'Good day'},
      attributeScores: {TOXICITY: {summaryScore: {value: 0}}},
      clientToken: 'c2',
    },
  });
  assert.equal(suggested.data.clientToken, 'c2');

  await assert.rejects(
    client.comments.analyze({key: 'any', resource: {comment: {text: 'a'}, requestedAttributes: {BANANA: {}}}}),
    (error) => error.status === 400 && error.message.includes('Unknown requested attribute: BANANA'),
  );
  console.log('fine');
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
