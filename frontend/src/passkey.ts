/** Passkeys (Web Authentication, level 2): asks the browser, and sends the page's form with the answer. */
import { fromBase64url, toJson } from "./passkey/convert";

type Options = { publicKey: Record<string, unknown> };

interface Described {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

/** Whether this page, in this browser, can ask for a passkey at all: also the address decides. */
function possible(): boolean {
  return window.isSecureContext && typeof PublicKeyCredential === "function";
}

function described(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list as Described[] | undefined) ?? []).map((each) => ({ ...each, id: fromBase64url(each.id) }));
}

async function optionsOf(root: HTMLElement): Promise<Options> {
  if (root.dataset.options) return JSON.parse(root.dataset.options) as Options;
  const response = await fetch(root.dataset.optionsUrl ?? "", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Options;
}

async function ask(root: HTMLElement): Promise<PublicKeyCredential> {
  const given = (await optionsOf(root)).publicKey;
  const challenge = fromBase64url(given.challenge as string);
  let credential: Credential | null;
  if (root.dataset.passkey === "create") {
    const user = given.user as { id: string; name: string; displayName: string };
    credential = await navigator.credentials.create({
      publicKey: {
        ...(given as unknown as PublicKeyCredentialCreationOptions),
        challenge,
        user: { ...user, id: fromBase64url(user.id) },
        excludeCredentials: described(given.excludeCredentials),
      },
    });
  } else {
    credential = await navigator.credentials.get({
      publicKey: {
        ...(given as unknown as PublicKeyCredentialRequestOptions),
        challenge,
        allowCredentials: described(given.allowCredentials),
      },
    });
  }
  if (!credential) throw new DOMException("nothing was chosen", "NotAllowedError");
  return credential as PublicKeyCredential;
}

function mount(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>("[data-passkey-go]");
  const none = root.querySelector<HTMLElement>("[data-passkey-none]");
  const status = root.querySelector<HTMLElement>("[data-passkey-status]");
  const box = root.querySelector<HTMLInputElement>("input[name=credential]");
  const form = root.closest("form");
  if (!button || !none || !status || !box || !form || !possible()) return;
  none.hidden = true;
  button.hidden = false;

  const say = (error: unknown) => {
    const name = error instanceof DOMException ? error.name : "";
    const key = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" }[name];
    status.textContent = root.dataset[key ?? "failed"] ?? "";
    status.hidden = false;
    button.disabled = false;
  };

  button.addEventListener("click", () => {
    status.hidden = true;
    button.disabled = true;
    ask(root).then((credential) => {
      box.value = JSON.stringify(toJson(credential));
      form.submit();
    }, say);
  });
  root.dataset.ready = "1";
}

document.querySelectorAll<HTMLElement>("[data-passkey]").forEach(mount);
