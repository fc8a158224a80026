import { readFile } from "node:fs/promises";
import { ROOT } from "./daemon.js";

/** A message as JSON has it. */
export type Body = Record<string, unknown> & { type: string };

/** A step in which something is sent. */
export interface Step {
  from: "client" | "daemon" | "events";
  frames: string[];
  message: Body;
}

/** Something that happens to the daemon. */
export interface Outside {
  from: "outside";
  note: string;
}

interface Transcript {
  name: string;
  steps: (Step | Outside)[];
}

const FILE = `${ROOT}protocol/vectors/transcripts.json`;
/** Whole conversations, recorded from a real daemon. */
export const { transcripts } = JSON.parse(await readFile(FILE, "utf8")) as { transcripts: Transcript[] };

/** All of a transcript, in its order. */
export function all(name: string): (Step | Outside)[] {
  const transcript = transcripts.find((one) => one.name === name);
  if (!transcript) throw new Error(`there is no transcript ${name}`);
  return transcript.steps;
}

/** What is sent in a transcript, in its order. */
export function steps(name: string): Step[] {
  return all(name).filter((step): step is Step => step.from !== "outside");
}
