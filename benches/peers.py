"""The same work by scikit-learn, for benches/compare.

    peers.py train-words CORPUS MODEL      CountVectorizer(1, 2) + MultinomialNB
    peers.py train-heads CORPUS MODEL      words 1–2 and characters 2–5, tf-idf, 14 logistic regressions
    peers.py train-default DATA TRAINING   the default recipe's comments and features, liblinear for each output
    peers.py score MODEL CORPUS OUT        probabilities of all outputs, a line a comment
"""
import csv
import json
import pathlib
import pickle
import sys
import tomllib

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline

N_OUTPUTS = 14


def read(path):
    comments = [json.loads(line) for line in open(path)]
    return [c["text"] for c in comments], np.array([c["label"] == "y" for c in comments])


def features(most=75_000, **least):
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=most, min_df=least.get("words", 1))
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, max_features=most, min_df=least.get("characters", 1)
    )
    return FeatureUnion([("words", words), ("characters", characters)])


class Heads:
    """Fourteen outputs over one vocabulary. What they learned does not change what scoring costs."""

    def fit(self, texts, labels):
        self.features = features()
        matrix = self.features.fit_transform(texts)
        chance = np.random.default_rng(1)
        fitted = [
            LogisticRegression(solver="liblinear", max_iter=20).fit(matrix, labels ^ (chance.random(len(labels)) < 0.1))
            for _ in range(N_OUTPUTS)
        ]
        self.weights = np.vstack([f.coef_ for f in fitted]).T
        self.bias = np.hstack([f.intercept_ for f in fitted])
        return self

    def predict_proba(self, texts):
        return 1 / (1 + np.exp(-(self.features.transform(texts) @ self.weights + self.bias)))


def rows_of(path, source):
    """The rows of a source's file, each a mapping from column to value."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.open()]
    tab = path.suffix == ".tsv"
    with path.open(newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t" if tab else ",", quoting=csv.QUOTE_NONE if tab else csv.QUOTE_MINIMAL))
    names = rows.pop(0) if source.get("header", True) else [str(n + 1) for n in range(len(rows[0]))]
    return [dict(zip(names, row)) for row in rows]


def mapped(value, labels):
    """A value by a recipe's mapping: a table, or `value=label` and `<number=label` with commas between."""
    if isinstance(labels, dict):
        return labels.get(value)
    for rule in filter(None, (labels or "").split(",")):
        # The last sign divides, so that one can stand in `>=0.5=yes`.
        found, label = rule.rsplit("=", 1)
        if found.startswith("<"):
            holds = float(value) < float(found[1:])
        elif found.startswith(">="):
            holds = float(value) >= float(found[2:])
        else:
            holds = str(value) == found
        if holds:
            return label
    return value


def default_recipe(data, training):
    """The texts of the default recipe, and for each of its outputs which texts have an answer, and which."""
    recipe = tomllib.loads((training / "default.toml").read_text())
    names = {head["name"]: head["labels"] for head in recipe["head"]}
    outputs = {(head, label): ([], []) for head, labels in names.items() for label in labels[head == "incivility" :]}
    texts = []

    def answer(head, label, yes):
        outputs[head, label][0].append(len(texts) - 1)
        outputs[head, label][1].append(yes)

    for source in recipe["source"]:
        own = source["file"].startswith("starter")
        for row in rows_of((training if own else data) / source["file"], source):
            texts.append(row[source["text"]])
            for head, mapping in source["heads"].items():
                labels = mapping.get("labels")
                for label, column in mapping.get("columns", {}).items():
                    if row.get(column) not in (None, ""):
                        answer(head, label, mapped(row[column], labels) in (True, 1, "1", "yes", "True"))
                value = row.get(mapping.get("column"))
                if value not in (None, ""):
                    values = value if isinstance(value, list) else value.split(mapping.get("split", "\0"))
                    held = {mapped(v, labels) for v in values}
                    if held <= set(names[head]):
                        for label in names[head][head == "incivility" :]:
                            answer(head, label, label in held)
    return texts, outputs


def main():
    match sys.argv[1:]:
        case ["train-words", corpus, model]:
            texts, labels = read(corpus)
            fitted = make_pipeline(CountVectorizer(ngram_range=(1, 2)), MultinomialNB()).fit(texts, labels)
            pickle.dump(fitted, open(model, "wb"))
        case ["train-heads", corpus, model]:
            pickle.dump(Heads().fit(*read(corpus)), open(model, "wb"))
        case ["train-default", data, training]:
            texts, outputs = default_recipe(pathlib.Path(data), pathlib.Path(training))
            matrix = features(words=3, characters=8).fit_transform(texts)
            for (head, label), (rows, labels) in outputs.items():
                labels = np.array(labels)
                print(f"{head} {label}: {labels.sum()} of {len(labels)}", file=sys.stderr)
                LogisticRegression(solver="liblinear", C=4, max_iter=1000).fit(matrix[rows], labels)
        case ["score", model, corpus, out]:
            # Pickles of this file are found under its name.
            sys.modules["__main__"].Heads = Heads
            fitted = pickle.load(open(model, "rb"))
            with open(corpus) as lines, open(out, "w") as scored:
                texts = [json.loads(line)["text"] for line in lines]
                for at in range(0, len(texts), 10_000):
                    for row in fitted.predict_proba(texts[at : at + 10_000]):
                        scored.write(" ".join(f"{p:.6f}" for p in row) + "\n")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
