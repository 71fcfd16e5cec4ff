"""Calls a server with google-api-python-client, as scripts that use Perspective do.

python google_client.py http://127.0.0.1:8080
"""

import sys

from googleapiclient import discovery
from googleapiclient.errors import HttpError

base = sys.argv[1]
client = discovery.build(
    "commentanalyzer",
    "v1alpha1",
    developerKey="any",
    discoveryServiceUrl=base + "/$discovery/rest?version=v1alpha1",
    static_discovery=False,
)


def analysis(text, **others):
    return {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, **others}


def toxicity(answer):
    return answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"]


# One call.
answer = client.comments().analyze(body=analysis("What a silly fool you are", clientToken="7")).execute()
assert toxicity(answer) > 0.5, answer
assert answer["clientToken"] == "7", answer
assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["type"] == "PROBABILITY", answer
fine = client.comments().analyze(body=analysis("A lovely evening to you all")).execute()
assert toxicity(fine) < 0.5, fine

# A part of an answer.
part = client.comments().analyze(body=analysis("Good day"), fields="languages").execute()
assert list(part) == ["languages"], part

# An error, as scripts read it.
try:
    client.comments().analyze(body=analysis("")).execute()
    raise AssertionError("an empty comment was answered")
except HttpError as error:
    assert error.resp.status == 400, error
    assert error.reason == "Comment must be non-empty.", error
    assert "COMMENT_EMPTY" in str(error.error_details), error

# A decision.
decided = client.comments().suggestscore(
    body={
        "comment": {"text": "Good day"},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}},
        "clientToken": "8",
    }
).execute()
assert decided["clientToken"] == "8", decided

# A hundred calls at once, one of which is wrong.
found = {}
batch = client.new_batch_http_request(lambda name, answer, error: found.update({name: (answer, error)}))
for n in range(100):
    text = "" if n == 50 else ["Good day to all", "You stupid idiot"][n % 2]
    batch.add(client.comments().analyze(body=analysis(text, clientToken=str(n))), request_id=str(n))
batch.execute()
assert len(found) == 100, found.keys()
for n in range(100):
    answer, error = found[str(n)]
    if n == 50:
        assert error.resp.status == 400 and "COMMENT_EMPTY" in str(error.error_details), error
    else:
        assert error is None and answer["clientToken"] == str(n), (error, answer)
        assert (toxicity(answer) > 0.5) == (n % 2 == 1), answer

print("fine")
