/** What the server has of a person's files, so that any browser goes on where another stopped. */
export interface Half {
  address: string; // of the upload to go on with
  digest: string; // SHA-256 that its bytes must have
}

interface Answer {
  uploads: { key: string; digest: string; address: string; here: boolean }[];
}

export class Known {
  private readonly here = new Set<string>(); // keys and digests of what has wholly arrived
  private readonly half = new Map<string, Half[]>();

  constructor(
    private readonly url: string,
    private readonly csrf: string,
  ) {}

  async ask(): Promise<void> {
    const response = await fetch(this.url, {
      credentials: "same-origin",
      cache: "no-store",
      headers: { Accept: "application/json" },
    });
    // Who has been signed out is told so when the first part is sent.
    if (!response.ok) return;
    const { uploads } = (await response.json()) as Answer;
    this.here.clear();
    this.half.clear();
    for (const { key, digest, address, here } of uploads) {
      if (!here) this.half.set(key, [...(this.half.get(key) ?? []), { address, digest }]);
      else for (const name of [key, digest]) if (name) this.here.add(name);
    }
  }

  /** Whether the files of this key, or the bytes of this digest, are on the server. */
  has(name: string): boolean {
    return this.here.has(name);
  }

  /** The upload of these very bytes to go on with, if there is one. */
  begun(key: string, digest: string): string | undefined {
    return this.half.get(key)?.find((upload) => upload.digest === digest)?.address;
  }

  /** Say that a folder is wholly there or given up: what is half there is removed. */
  async close(sending: string): Promise<void> {
    const body = new URLSearchParams({ sending });
    await fetch(this.url, {
      method: "POST",
      body,
      credentials: "same-origin",
      keepalive: true,
      headers: { "X-CSRFToken": this.csrf },
    });
  }
}
