/**
 * Which tab this is, for the server to tell a tab's own savings from another's. The id goes from one
 * page of a tab to the next, and no page that is open leaves it lying: a copied tab gets its own.
 */
const KEY = "tab";

let id = "";
let step = 0;

function take(): void {
  const [kept = "", last = ""] = (sessionStorage.getItem(KEY) ?? "").split(".");
  sessionStorage.removeItem(KEY);
  id = kept || [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  step = Number(last);
}

/** What the next saving of this tab is called. */
export function nextSaving(): string {
  step += 1;
  return `${id}.${step}`;
}

/** The page is going away: the next one of this tab goes on with the id. */
export function handTabOn(): void {
  sessionStorage.setItem(KEY, `${id}.${step}`);
}

export function startTab(): void {
  take();
  addEventListener("pageshow", (event) => {
    if (event.persisted) take();
  });
}
