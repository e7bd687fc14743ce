/**
 * Shows beside the fields of `<form data-doubts-url>` which of their words are doubted, on load and
 * after each saving. Places are `[data-doubts]`, by field.
 */
import { make } from "./shared/dom";

interface Doubt {
  quoted: string;
  sentence: string;
}

const PAUSE = 800; // ms after a saving, in which the next one may come

function list(doubts: Doubt[]): HTMLElement {
  const shown = make("ul", "doubts");
  for (const { quoted, sentence } of doubts) {
    const row = make("li");
    const words = make("q", "", quoted);
    words.dir = "auto";
    row.append(words, ` ${sentence}`);
    shown.append(row);
  }
  return shown;
}

async function ask(url: string): Promise<void> {
  const response = await fetch(url, {
    credentials: "same-origin",
    headers: { Accept: "application/json" },
  });
  if (!response.ok) return; // the page of signing tells them again
  const found = (await response.json()) as Record<string, Doubt[]>;
  for (const place of document.querySelectorAll<HTMLElement>("[data-doubts]")) {
    const doubts = found[place.dataset.doubts ?? ""];
    place.replaceChildren(...(doubts ? [list(doubts)] : []));
  }
}

function start(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-doubts-url]");
  const url = form?.dataset.doubtsUrl;
  if (!form || !url) return;
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(url).catch(() => {}), PAUSE);
  };
  new MutationObserver(() => {
    if (form.dataset.autosaveState === "saved") soon();
  }).observe(form, { attributes: true, attributeFilter: ["data-autosave-state"] });
  soon();
}

start();
