/** What the browser remembers of unfinished uploads: names and counts of folders, never content. */
import type { PreviousUpload, UrlStorage } from "tus-js-client";

export interface Remembered {
  key: string;
  label: string;
  files: number;
  bytes: number;
  at: number; // ms since 1970
  done: string[]; // keys of the parts that have arrived
}

const PREFIX = "second-opinion.uploads.";
const LONGEST = 30 * 24 * 3600 * 1000;

function read(name: string): Remembered[] {
  try {
    const all = JSON.parse(localStorage.getItem(PREFIX + name) ?? "[]") as Remembered[];
    return all.filter((job) => Date.now() - job.at < LONGEST);
  } catch {
    return [];
  }
}

function write(name: string, jobs: Remembered[]): void {
  try {
    if (jobs.length) localStorage.setItem(PREFIX + name, JSON.stringify(jobs));
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // Private windows may refuse: the upload itself does not need it.
  }
}

export class Memory {
  constructor(private readonly name: string) {}

  all(): Remembered[] {
    return read(this.name);
  }

  find(key: string): Remembered | undefined {
    return this.all().find((job) => job.key === key);
  }

  keep(job: Remembered): void {
    write(this.name, [...this.all().filter((other) => other.key !== job.key), job]);
  }

  forget(key: string): void {
    write(
      this.name,
      this.all().filter((job) => job.key !== key),
    );
  }
}

const ADDRESSES = "second-opinion.upload.";

/** Where tus-js-client keeps the address of an upload under the key of its files. */
export class Addresses implements UrlStorage {
  findAllUploads(): Promise<PreviousUpload[]> {
    return Promise.resolve([]);
  }

  findUploadsByFingerprint(fingerprint: string): Promise<PreviousUpload[]> {
    const key = ADDRESSES + fingerprint;
    try {
      const found = JSON.parse(localStorage.getItem(key) ?? "null") as PreviousUpload | null;
      if (!found || Date.now() - Date.parse(found.creationTime) > LONGEST) return Promise.resolve([]);
      return Promise.resolve([{ ...found, urlStorageKey: key }]);
    } catch {
      return Promise.resolve([]);
    }
  }

  removeUpload(key: string): Promise<void> {
    try {
      localStorage.removeItem(key);
    } catch {
      // see write()
    }
    return Promise.resolve();
  }

  addUpload(fingerprint: string, upload: PreviousUpload): Promise<string> {
    const key = ADDRESSES + fingerprint;
    const { size, creationTime, uploadUrl } = upload;
    try {
      // Without the metadata: no more names than needed rest in the browser.
      localStorage.setItem(
        key,
        JSON.stringify({ size, creationTime, uploadUrl, metadata: {}, parallelUploadUrls: null }),
      );
    } catch {
      // see write()
    }
    return Promise.resolve(key);
  }
}
