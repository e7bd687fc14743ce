/** Keeps the pages that are not sent yet in the browser: phones load a page anew when the camera
 * opens. What is a day old is forgotten, sent or not. */
const [BASE, STORE] = ["second-opinion-scanner", "pages"];
const KEPT = 24 * 3_600_000; // ms

interface Row {
  at: number;
  pages: ArrayBuffer[]; // JPEG; not every browser keeps a Blob
}

const done = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open(BASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return (await done(opening)).transaction(STORE, mode).objectStore(STORE);
}

/** Keeps these pages under a name, in the place of those before; none: forgets them. */
export async function keep(name: string, pages: Blob[]): Promise<void> {
  const row: Row = { at: Date.now(), pages: await Promise.all(pages.map((each) => each.arrayBuffer())) };
  const rows = await store("readwrite");
  if (row.pages.length) await done(rows.put(row, name));
  else await done(rows.delete(name));
}

/** Returns what was kept under a name. */
export async function kept(name: string): Promise<Blob[]> {
  const rows = await store("readwrite");
  const old = Date.now() - KEPT;
  for (const key of await done(rows.getAllKeys())) {
    if (((await done(rows.get(key))) as Row).at < old) await done(rows.delete(key));
  }
  const row = (await done(rows.get(name))) as Row | undefined;
  return (row?.pages ?? []).map((each) => new Blob([each], { type: "image/jpeg" }));
}
