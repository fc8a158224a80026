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

interface Transcript {
  name: string;
  steps: (Step | { from: "outside"; note: string })[];
}

const FILE = `${ROOT}protocol/vectors/transcripts.json`;
/** Whole conversations, recorded from a real daemon. */
export const { transcripts } = JSON.parse(await readFile(FILE, "utf8")) as { transcripts: Transcript[] };

/** What is sent in a transcript, in its order. */
export function steps(name: string): Step[] {
  const transcript = transcripts.find((one) => one.name === name);
  if (!transcript) throw new Error(`there is no transcript ${name}`);
  return transcript.steps.filter((step): step is Step => step.from !== "outside");
}
