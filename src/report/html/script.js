"use strict";

// A chosen cell opens its list of comments and takes the reader there.
function open(hash) {
  const target = hash.length > 1 && document.getElementById(hash.slice(1));
  const list = target && target.closest("details");
  if (!list) return;
  list.open = true;
  list.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}
addEventListener("hashchange", () => open(location.hash));
document.addEventListener("click", (event) => {
  const link = event.target.closest(".matrix a");
  // The same cell again changes no address, so no event would follow.
  if (link && link.hash === location.hash) open(link.hash);
});
open(location.hash);

for (const comments of document.querySelectorAll(".comments")) {
  const label = comments.querySelector(".filter");
  const items = Array.from(comments.querySelectorAll("li"), (item) => [item, item.textContent.toLowerCase()]);
  label.hidden = false;
  label.querySelector("input").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [item, text] of items) item.hidden = !words.every((word) => text.includes(word));
  });
}

for (const box of document.querySelectorAll(".threshold")) {
  const column = (name) => box.dataset[name].split(" ").map(Number);
  const [thresholds, rightly, wrongly] = ["thresholds", "rightly", "wrongly"].map(column);
  const positives = Number(box.dataset.positives);
  const negatives = Number(box.dataset.negatives);
  const find = (name) => box.querySelector("." + name);
  const [hold, look, prevalence] = ["hold", "look", "prevalence"].map(find);

  // Of 1,000 comments with the prevalence asked for; step 0 holds none.
  function outcome(step) {
    const bad = Math.min(Math.max(Number(prevalence.value) / 100 || 0, 0), 1);
    const right = step ? (1000 * bad * rightly[step - 1]) / positives : 0;
    const wrong = step ? (1000 * (1 - bad) * wrongly[step - 1]) / negatives : 0;
    return { held: right + wrong, right, missed: 1000 * bad - right };
  }

  function show() {
    const held = Number(hold.value);
    const seen = Math.max(held, Number(look.value));
    const [holding, looking] = [outcome(held), outcome(seen)];
    const round = (number) => number.toFixed(number < 9.95 ? 1 : 0);
    const at = (step) => (step ? "from " + thresholds[step - 1].toFixed(3) : "none");
    let text = `Hold ${at(held)}: of 1,000 comments ${round(holding.held)} are held, ` +
      `${round(holding.right)} of them rightly`;
    if (held < seen) text += `; look ${at(seen)}: another ${round(looking.held - holding.held)} are looked at first`;
    box.querySelector("output").textContent = `${text}; ${round(looking.missed)} bad ones pass.`;
  }

  find("workload").addEventListener("click", () => {
    const share = Number(find("readable").value) / Number(find("daily").value);
    let step = 0;
    while (step < thresholds.length && outcome(step + 1).held <= 1000 * share) step += 1;
    hold.value = look.value = step;
    show();
  });
  for (const input of [hold, look, prevalence]) input.addEventListener("input", show);
  // A look threshold above the one that holds would mean nothing.
  hold.addEventListener("input", () => {
    if (Number(look.value) < Number(hold.value)) look.value = hold.value;
    show();
  });
  box.hidden = false;
  show();
}
