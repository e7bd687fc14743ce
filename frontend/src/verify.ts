/** The public page that verifies a report: the PDF's digest is made here, the file stays here. */
import "./verify.css";

interface Answer {
  known: boolean;
  replaced?: boolean;
  url?: string;
}

const LARGEST = 25 * 1024 * 1024; // bytes; a report is far below 10 MB

async function digestOf(file: File): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function mount(root: HTMLElement): void {
  if (!crypto.subtle) return; // no secure address: the plain form remains
  const say = (key: string, fallback: string) => root.dataset[key] ?? fallback;
  let outcome = root.querySelector<HTMLElement>("[data-verify-outcome]");
  if (!outcome) {
    outcome = document.createElement("div");
    outcome.setAttribute("data-verify-outcome", "");
    root.append(outcome);
  }
  outcome.setAttribute("role", "status");
  const place = outcome;

  const drop = document.createElement("label");
  drop.className = "verify-drop";
  const words = document.createElement("span");
  words.textContent = say("drop", "Drop the PDF here, or choose it.");
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "application/pdf,.pdf";
  const choose = document.createElement("span");
  choose.className = "button button-secondary";
  choose.textContent = say("choose", "Choose the PDF");
  drop.append(words, input, choose);
  const form = root.querySelector("form");
  if (form) form.replaceWith(drop);
  else place.before(drop);

  const show = (state: string, text: string, file?: File, url?: string) => {
    place.dataset.state = state;
    const line = document.createElement("p");
    line.textContent = text.replace("{file}", file?.name ?? "");
    place.replaceChildren(line);
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = say("link", "See what it is");
      place.append(link);
    }
  };

  const check = async (file: File | undefined) => {
    if (!file) return;
    if (file.size === 0 || file.size > LARGEST) {
      show("stop", say("notPdf", "This is not a PDF report."), file);
      return;
    }
    const head = new TextDecoder("latin1").decode(await file.slice(0, 1024).arrayBuffer());
    if (!head.includes("%PDF-")) {
      show("stop", say("notPdf", "This is not a PDF report."), file);
      return;
    }
    show("working", say("working", "Checking…"), file);
    try {
      const address = new URL(root.dataset.lookupUrl ?? "", location.href);
      address.searchParams.set("digest", await digestOf(file));
      const response = await fetch(address, {
        credentials: "omit",
        headers: { Accept: "application/json" },
      });
      if (!response.ok) throw new Error(String(response.status));
      const answer = (await response.json()) as Answer;
      if (answer.replaced) show("stop", say("replaced", "There is a newer document."), file, answer.url);
      else if (answer.known) show("good", say("known", "This is the report that was signed."), file, answer.url);
      else show("stop", say("unknown", "This is not a report that was signed here."), file);
    } catch {
      show("failed", say("failed", "The check could not be made. Try again."), file);
    }
  };

  input.addEventListener("change", () => {
    void check(input.files?.[0]);
    input.value = "";
  });
  for (const name of ["dragover", "dragenter"]) {
    root.addEventListener(name, (event) => {
      event.preventDefault();
      drop.dataset.over = "";
    });
  }
  root.addEventListener("dragleave", () => delete drop.dataset.over);
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    void check(event.dataTransfer?.files[0]);
  });
  root.dataset.ready = "1";
}

document.querySelectorAll<HTMLElement>("[data-verify]").forEach(mount);
