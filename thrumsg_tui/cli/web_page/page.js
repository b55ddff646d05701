// The token is used up, so the address goes on without it: a reload of the page, or a bookmark, shows the cookie.
history.replaceState(null, "", location.pathname);

const terminal = document.querySelector(".textual-terminal");
terminal.dataset.sessionWebsocketUrl = `ws://${location.host}${location.pathname}terminal`;

// Text is drawn on a canvas, for which a browser loads no font by itself. What is visible on the page in each form of
// the font, "Opening thrumsg", has it loaded before the event `load`, at which textual.js makes the terminal.
addEventListener("load", () => terminal.querySelector("textarea").focus());

const again = document.querySelector(".ended button");
again.addEventListener("click", () => location.reload());
new MutationObserver(() => {
  if (document.body.classList.contains("-closed")) again.focus();
}).observe(document.body, { attributeFilter: ["class"] });
