import { ERROR_CODES, type ErrorAnswer, type ErrorCode } from "./messages.js";

const KNOWN: ReadonlySet<string> = new Set(ERROR_CODES);

/** What went wrong, by a code of the protocol, whether the daemon says so or this client found out. */
export class NpcRuntimeError extends Error {
  override readonly name = "NpcRuntimeError";
  readonly code: ErrorCode;
  /** What would be right; may be empty. */
  readonly hint: string;
  /** By code: what is missing, which field is wrong, and the like. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, hint = "", detail: Record<string, unknown> = {}) {
    super(hint ? `${message} (${hint})` : message); // the stack, which is what a console shows, has the hint too
    this.message = message;
    this.code = code;
    this.hint = hint;
    this.detail = detail;
  }

  /** With the hint, for logs. */
  override toString(): string {
    return `${this.name}: ${this.hint ? `${this.message} (${this.hint})` : this.message}`;
  }

  /** What the daemon answered. A code of a later version counts as `internal`, as the protocol has it. */
  static from(answer: ErrorAnswer): NpcRuntimeError {
    const code = KNOWN.has(answer.code) ? (answer.code as ErrorCode) : "internal";
    return new NpcRuntimeError(code, answer.message, answer.hint ?? "", answer.detail ?? {});
  }
}

/** Whether this is an error of the runtime, of that code where one is given. */
export function isNpcError(error: unknown, code?: ErrorCode): error is NpcRuntimeError {
  return error instanceof NpcRuntimeError && (code === undefined || error.code === code);
}

/** Anything that was thrown, as an error of the runtime. */
export function asNpcError(thrown: unknown): NpcRuntimeError {
  if (thrown instanceof NpcRuntimeError) return thrown;
  return new NpcRuntimeError("internal", thrown instanceof Error ? thrown.message : String(thrown));
}
