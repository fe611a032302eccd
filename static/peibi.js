// What a page needs beyond links and forms. Everything works without it; nothing is evaluated.
"use strict";

(() => {
  const BUSY_AFTER_MS = 150;
  const timers = new WeakMap();
  document.documentElement.classList.add("has-js");

  const targetOf = (ctx) =>
    typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target;

  // Addresses stay short: an empty field is left out.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (!sourceElement.matches("[data-drop-empty]")) return;
    for (const [name, value] of [...request.body]) {
      if (value === "") request.body.delete(name);
    }
  });

  // A target says that it is busy, but not for answers that come at once.
  document.addEventListener("htmx:before:request", (event) => {
    const target = targetOf(event.detail.ctx);
    if (!target) return;
    clearTimeout(timers.get(target));
    timers.set(target, setTimeout(() => target.setAttribute("aria-busy", "true"), BUSY_AFTER_MS));
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const target = targetOf(event.detail.ctx);
    if (!target) return;
    clearTimeout(timers.get(target));
    target.removeAttribute("aria-busy");
  });

  // What a person had opened stays open, and old notices go with what they were about.
  let opened = [];
  let isToHeading = false;
  document.addEventListener("htmx:before:swap", (event) => {
    const target = targetOf(event.detail.ctx);
    if (!target) return;
    isToHeading = event.detail.ctx.sourceElement.matches("[data-to-heading]");
    opened = [...target.querySelectorAll("details[id][open]")].map((details) => details.id);
    if (target.id !== "notices") document.getElementById("notices")?.replaceChildren();
  });

  // After a swap focus goes to the first error, or to the heading of a new page of results.
  // A control that is there again (same id) has its focus back from htmx already.
  document.addEventListener("htmx:after:swap", (event) => {
    const ctx = event.detail.ctx;
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    opened = [];
    const error = targetOf(ctx)?.querySelector("[data-focus]");
    if (error) {
      // Who is typing elsewhere already stays there; the alert is read out all the same.
      if (!typed.some(({ isFocused }) => isFocused)) error.focus();
      // What is kept over the next swap shall not take the focus again.
      error.removeAttribute("data-focus");
    } else if (isToHeading || (isFocusLost() && !ctx.sourceElement.matches("[data-later]"))) {
      focusHeading();
    }
  });

  // The composer. Of its table only what was changed is sent, and only once; a cleared box sends
  // nothing by itself, so it is named. What was refused (data-typed) counts as changed.
  const waiting = new Set();
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement: form, request } = event.detail.ctx;
    if (!form.matches("form[data-only-changed]")) return;
    const { body } = request;
    body.delete("was");
    const isOnItsWay = (name, value) => [...waiting].some((other) => other.getAll(name).includes(value));
    for (const { name, type, value, checked, defaultChecked, defaultValue, dataset } of form.elements) {
      if (type === "checkbox") {
        body.delete(name);
        const [field, what] = checked ? [name, "1"] : ["unlock", name.slice(2)];
        if (checked !== defaultChecked && !isOnItsWay(field, what)) body.append(field, what);
      } else if (type === "text" && (("typed" in dataset ? false : value === defaultValue) || isOnItsWay(name, value))) {
        body.delete(name);
      }
    }
    waiting.add(body);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    waiting.delete(event.detail.ctx.request.body);
    waiting.delete(sent);
  });

  // Edits are sent one after another. One that waited is of the draft that the one before it
  // left, unless that showed somebody else's changes; and it takes along what was refused.
  let sent = new URLSearchParams();
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const composer = targetOf(ctx);
    const { body } = ctx.request;
    if (composer?.id !== "composer" || !(body instanceof URLSearchParams)) return;
    if (!composer.querySelector("[data-conflict]")) {
      for (const name of ["revision", "phase"]) {
        const now = composer.querySelector(`input[name="${name}"]`);
        if (now && body.has(name)) body.set(name, now.value);
      }
    }
    if (body.get("do") === "cells") {
      for (const { name, value } of composer.querySelectorAll("input[data-typed]")) {
        if (!body.has(name)) body.set(name, value);
      }
    }
    sent = body;
  });

  // Rows of the table that are here already are not sent again: the page says which it has, and
  // gets what moved in them, a line a row in the order of `Moving` in composer/rows.py.
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const digest = targetOf(ctx)?.id === "composer" && document.getElementById("rows")?.dataset.digest;
    if (digest) ctx.request.headers["Peibi-Rows"] = digest;
  });
  document.addEventListener("htmx:after:swap", () => {
    const source = document.querySelector("#composer [data-numbers]");
    if (!source) return;
    const lines = source.dataset.numbers.split("\n");
    [...document.getElementById("rows").rows].forEach((row, place) => fill(row, lines[place].split("\t")));
    source.removeAttribute("data-numbers");
  });

  function fill(row, moving) {
    const [classes, weight, max, locked, ratio, bar, tokens, digits, unit, epochs, range, tone, state, word,
      start, width, dot, limit] = moving;
    const at = (selector) => row.querySelector(selector);
    const type = (field, text) => {
      field.defaultValue = text;
      if (field.value !== text) field.value = text;
    };
    row.className = classes;
    type(at(".g-w input"), weight);
    type(at(".g-m input"), max);
    const lock = at(".g-l input");
    lock.checked = lock.defaultChecked = locked === "1";
    if (ratio) {
      at(".g-r .pb-num").firstChild.data = ratio;
      at(".g-r .jade").setAttribute("width", `${bar}%`);
      const amount = at(".g-t data");
      amount.value = tokens;
      amount.firstChild.data = digits;
      amount.lastChild.textContent = unit;
    }
    at(".g-e .pb-num").textContent = epochs;
    const said = at(".g-e .pb-st");
    said.className = `pb-st is-${state}`;
    said.querySelector("use").setAttribute("href", `#t-${tone}`);
    said.lastChild.data = word;
    if (!dot) return;
    if (start) {
      at(".g-e .m").setAttribute("x", start);
      at(".g-e .m").setAttribute("width", width);
    }
    at(".g-e circle").setAttribute("class", state);
    at(".g-e circle").setAttribute("cx", dot);
    if (limit) at(".g-e .lim").setAttribute("d", `M${limit} 1V12`);
    at(".ep2 .pb-num").textContent = range;
  }

  // What is being typed while an answer comes stays in its field, and is sent when it is left.
  // That is what differs from the page and from what the request took along.
  const taken = new WeakMap();
  for (const moment of ["htmx:config:request", "htmx:before:request"]) {
    document.addEventListener(moment, ({ detail: { ctx } }) => {
      if (ctx.request.body) taken.set(ctx, ctx.request.body);
    });
  }
  let typed = [];
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    const body = taken.get(ctx);
    typed = [...(targetOf(ctx)?.querySelectorAll("input[id], textarea[id]") ?? [])]
      .filter((field) => isText(field) && field.value !== field.defaultValue && body?.get(field.name) !== field.value)
      .map((field) => ({ id: field.id, value: field.value, isFocused: field === document.activeElement }));
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const { id, value, isFocused } of typed) {
      const field = document.getElementById(id);
      if (!field || field.value === value) continue;
      field.value = value;
      if (!isFocused) continue;
      field.setSelectionRange(value.length, value.length);
      field.addEventListener("blur", () => {
        if (field.value === value) field.dispatchEvent(new Event("change", { bubbles: true }));
      }, { once: true });
    }
    typed = [];
  });

  // In the table the arrows go up and down a column, as in any table of numbers.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const cell = event.target.closest?.(".pb-mix tbody td");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const column = `td.${cell.classList[cell.classList.length - 1]} ${event.target.localName}`;
    const fields = [...cell.closest("tbody").querySelectorAll(column)];
    const next = fields[fields.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (isText(next)) next.select();
  });

  function isText(field) {
    return field.matches("textarea, input[type=search], input[type=text], input:not([type])");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });

  // Rows that came or went are a change of their form, as if somebody had typed it.
  document.addEventListener("htmx:after:swap", (event) => {
    const target = targetOf(event.detail.ctx);
    if (target?.matches("[data-rows]")) target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  function isFocusLost() {
    return !document.activeElement || document.activeElement === document.body;
  }

  function focusHeading() {
    const heading = document.querySelector("[data-heading]");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "nearest" });
  }

  // A menu closes when the focus or a click goes elsewhere, and with Escape.
  const openMenus = () => document.querySelectorAll("details[data-menu][open]");
  for (const what of ["click", "focusin"]) {
    document.addEventListener(what, (event) => {
      for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });

  // The page that the language switch comes back to is the one in the address bar.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-language]")) {
      event.target.elements.next.value = location.pathname + location.search;
    }
  });

  // The server cannot be reached at all: the page says so in its own language.
  document.addEventListener("htmx:error", (event) => {
    const template = document.getElementById("offline");
    const notices = document.getElementById("notices");
    if (!template || !notices || event.detail.ctx?.response) return;
    notices.replaceChildren(template.content.cloneNode(true));
  });

  // A page that came with errors: its summary takes focus.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-focus]")?.focus();
  });

  // Copy a text, or mark it where the browser keeps the clipboard to itself.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    const source = button && document.querySelector(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent);
      document.getElementById("status").textContent = button.dataset.done;
      const was = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = was; }, 2000);
    } catch {
      getSelection().selectAllChildren(source);
    }
  });
})();
