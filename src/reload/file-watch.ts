// Says when one of some files has changed, however it was written: in place, by a rename, or behind a symbolic link.
//
// The folders are watched, since whoever renames a new file over an old one leaves a watch of the file on what is gone. An event
// only makes us look; what counts is what the files look like then.

import { type FSWatcher, watch } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";

/** A file that has looked the same for this long is taken as written to its end, in milliseconds. */
const quietMs = 100;

/** What a file looked like: the same for as long as it is not written or replaced. */
type Look = string;

/** Where there is no file. */
const missing: Look = "missing";

/** A folder that is watched, and which one of those that had its name. */
interface WatchedFolder {
  readonly watcher: FSWatcher;
  readonly inode: bigint;
}

/** Whom a watch tells. */
export interface FileWatchOwner {
  onChange(): void;
  /** A folder cannot be watched; `code` is the system's. */
  onTrouble(folder: string, code: string): void;
}

/** Watches files, which need not exist. */
export class FileWatch {
  readonly #owner: FileWatchOwner;
  /** As they were when they were read. */
  #known: ReadonlyMap<string, Look> = new Map();
  /** As they were when we looked last. */
  #seen: ReadonlyMap<string, Look> = new Map();
  readonly #folders = new Map<string, WatchedFolder>();
  /** Folders of which it has been told that they cannot be watched. */
  readonly #troubled = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(owner: FileWatchOwner) {
    this.#owner = owner;
  }

  /** Takes these files for read as they are now, before they are read. The others that were followed stay as they are. */
  async note(files: readonly string[] = [...this.#known.keys()]): Promise<void> {
    this.#known = new Map([...this.#known, ...(await lookAt(files))]);
  }

  /** Follows these files and no others. What has changed since it was noted is told soon. */
  async follow(files: readonly string[]): Promise<void> {
    const seen = await lookAt(files);
    this.#known = new Map([...seen].map(([file, look]) => [file, this.#known.get(file) ?? look]));
    await this.#watchFolders();
    this.#lookSoon();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const { watcher } of this.#folders.values()) watcher.close();
  }

  #lookSoon(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => void this.#look(), quietMs).unref();
  }

  async #look(): Promise<void> {
    this.#timer = null;
    const seen = await lookAt([...this.#known.keys()]);
    const isQuiet = isSame(seen, this.#seen);
    this.#seen = seen;
    // What is missing may come in a folder that is yet to be made.
    if (!isQuiet || [...seen.values()].includes(missing)) await this.#watchFolders();
    if (this.#isClosed) return;
    if (isSame(seen, this.#known)) return;
    if (!isQuiet) return this.#lookSoon();
    this.#known = seen;
    this.#owner.onChange();
  }

  /** Brings the watches to where the files are now. */
  async #watchFolders(): Promise<void> {
    const wanted = new Map<string, bigint>();
    for (const folders of await Promise.all([...this.#known.keys()].map((file) => foldersOf(file))))
      for (const [folder, inode] of folders) wanted.set(folder, inode);
    if (this.#isClosed) return;
    for (const [folder, { watcher, inode }] of this.#folders) {
      if (wanted.get(folder) === inode) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const [folder, inode] of wanted)
      if (!this.#folders.has(folder)) this.#watch(folder, inode);
  }

  #watch(folder: string, inode: bigint): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookSoon());
      watcher.on("error", (error) => {
        watcher.close();
        this.#folders.delete(folder);
        this.#trouble(folder, error);
      });
      this.#folders.set(folder, { watcher, inode });
    } catch (error) {
      this.#trouble(folder, error);
    }
  }

  #trouble(folder: string, error: unknown): void {
    if (this.#troubled.has(folder)) return;
    this.#troubled.add(folder);
    this.#owner.onTrouble(folder, (error as NodeJS.ErrnoException).code ?? "unknown error");
  }
}

async function lookAt(files: readonly string[]): Promise<Map<string, Look>> {
  const looks = files.map(async (file): Promise<[string, Look]> => {
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      return [file, `${ino} ${size} ${mtimeNs} ${ctimeNs}`];
    } catch {
      return [file, missing];
    }
  });
  return new Map(await Promise.all(looks));
}

function isSame(left: ReadonlyMap<string, Look>, right: ReadonlyMap<string, Look>): boolean {
  return left.size === right.size && [...left].every(([file, look]) => right.get(file) === look);
}

/** The folder of a file, and the one that it really is in; in place of a folder that is missing, the nearest above it. */
async function foldersOf(file: string): Promise<[folder: string, inode: bigint][]> {
  const real = await realpath(file).catch(() => file);
  const folders = new Set([dirname(file), dirname(real)]);
  return Promise.all([...folders].map((folder) => nearestFolder(folder)));
}

async function nearestFolder(folder: string): Promise<[folder: string, inode: bigint]> {
  try {
    const { ino } = await stat(folder, { bigint: true });
    return [folder, ino];
  } catch {
    const above = dirname(folder);
    return above === folder ? [folder, 0n] : nearestFolder(above);
  }
}
