// A slow connection: nothing is sent twice, lost by leaving the page, or in conflict with itself.
// What saves by itself, with a request for each change, stands in an element with data-saves.
"use strict";

(() => {
  const AGAIN_AFTER_MS = 10_000;
  const FORGOTTEN_AFTER_MS = 1000;
  const changed = new Set();
  const onTheWay = new Set();
  let sent = new WeakSet();
  let held = null;

  const isPending = () => changed.size + onTheWay.size > 0;
  const targetOf = ({ target }) => (typeof target === "string" ? document.querySelector(target) : target);
  const buttonOf = ({ request, sourceElement }) => request.submitter ?? sourceElement;
  const doesSave = (ctx) => ctx.request.method === "POST" && targetOf(ctx)?.closest("[data-saves]");

  // Between a change and its request lies the delay of its form.
  document.addEventListener("change", ({ target: { form } }) => {
    if (!form?.closest("[data-saves]") || !form.matches("[hx-post][hx-trigger*=change]")) return;
    changed.add(form);
    setTimeout(() => { changed.delete(form); settle(); }, FORGOTTEN_AFTER_MS);
  });

  // The same button pressed again before its answer came was pressed once; steps back are counted.
  const pressed = new WeakMap();
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    const { body } = ctx.request;
    if (!doesSave(ctx)) return;
    changed.delete(ctx.sourceElement);
    const button = buttonOf(ctx);
    if (!button.matches("button") || ["undo", "redo"].includes(body.get("do"))) return;
    const text = new URLSearchParams(body).toString();
    if (pressed.get(button) === text) event.preventDefault();
    pressed.set(button, text);
  });

  // A change that waited for the one before it is of the revision which that one left.
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (!doesSave(ctx)) return;
    onTheWay.add(ctx);
    const form = ctx.sourceElement;
    if (!form.matches("form[data-saves]") || "conflict" in form.dataset) return;
    ctx.request.body.set("revision", form.elements.revision.value);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!onTheWay.delete(ctx)) return;
    const status = ctx.response?.status ?? 0;
    const form = ctx.sourceElement;
    pressed.delete(buttonOf(ctx));
    if (form.matches("form[data-saves]")) form.toggleAttribute("data-conflict", status === 412);
    // Who would leave sees first what was not saved; a form tells it itself.
    if (held && (status === 0 || (status >= 400 && !held.isForm))) release();
    settle();
  });

  // One that waits behind this one starts right after it.
  function settle() {
    setTimeout(() => {
      if (held && !isPending()) release()();
    });
  }

  function hold(element, go, isForm) {
    if (held) release();
    element.setAttribute("aria-busy", "true");
    held = { element, go, isForm };
  }

  function release() {
    const { element, go } = held;
    element.removeAttribute("aria-busy");
    held = null;
    return go;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || !isPending()) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target) return;
    if (link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    hold(link, () => { location.href = link.href; }, false);
  });

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented) return;
    if (isPending()) {
      event.preventDefault();
      hold(submitter ?? form, () => form.requestSubmit(submitter), true);
    } else if (form.method === "post") {
      if (sent.has(form)) event.preventDefault();
      sent.add(form);
      setTimeout(() => sent.delete(form), AGAIN_AFTER_MS);
    }
  });
  window.addEventListener("pageshow", () => { sent = new WeakSet(); });

  // A closed tab, a reload and the way back cannot wait; the browser asks.
  window.addEventListener("beforeunload", (event) => {
    if (isPending()) event.preventDefault();
  });
})();
