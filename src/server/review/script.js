"use strict";
// What the forms do without this script, this does without leaving the page; and it listens to keys.
(() => {
  const comments = Array.from(document.querySelectorAll(".comment"));
  let at = -1;
  const go = (to) => {
    if (comments.length === 0) return;
    at = Math.min(Math.max(to, 0), comments.length - 1);
    comments[at].focus();
    comments[at].scrollIntoView({ block: "nearest" });
  };
  const say = (comment, text) => {
    comment.querySelector(".said").textContent = text;
  };
  const send = async (form, button) => {
    const comment = form.closest(".comment");
    const body = new URLSearchParams(new FormData(form, button));
    say(comment, "…");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
      });
      const said = await answer.json();
      say(comment, said.said);
      if (!answer.ok) return;
      comment.classList.add("decided");
      const next = comments.findIndex((other, i) => i > at && !other.classList.contains("decided"));
      if (next >= 0) go(next);
    } catch {
      say(comment, "The server did not answer. Nothing was kept.");
    }
  };
  for (const comment of comments) {
    comment.addEventListener("submit", (event) => {
      event.preventDefault();
      at = comments.indexOf(comment);
      send(event.target, event.submitter);
    });
    comment.addEventListener("focusin", () => { at = comments.indexOf(comment); });
  }
  for (const select of document.querySelectorAll("header select")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const comment = comments[at];
    const press = (selector) => {
      const button = comment?.querySelector(selector);
      if (button) { event.preventDefault(); button.click(); }
    };
    switch (event.key) {
      case "j": case "ArrowDown": event.preventDefault(); go(at + 1); break;
      case "k": case "ArrowUp": event.preventDefault(); go(at - 1); break;
      case "a": press(".approve"); break;
      case "r": press(".reject"); break;
      case "l": press("summary"); break;
      case "s": press(".relabel"); break;
      default:
        if (/^[1-9]$/.test(event.key) && comment?.querySelector("details")?.open) {
          comment.querySelectorAll("[type=checkbox]")[Number(event.key) - 1]?.click();
        }
    }
  });
  document.querySelector(".keys")?.removeAttribute("hidden");
  go(0);
})();
