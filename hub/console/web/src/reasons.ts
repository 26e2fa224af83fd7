// Why an attempt failed, in words, and what to do. Pure.
import type { Attempt } from "@v1";
import type { Reason } from "./reason_texts";
import { texts } from "./texts";

/** The most exact of: what this status means, what its class means, what the outcome means. */
export function reasonOf(attempt: Pick<Attempt, "outcome" | "status">): Reason {
  const { outcome, status } = attempt;
  if (outcome === "success") return { title: texts.reasons.success, advice: "" };
  const { statuses, classes, outcomes } = texts.reasons;
  const exact = status === null ? undefined : statuses[status];
  const general = status === null ? undefined : classes[Math.floor(status / 100)];
  const reason = exact ?? general ?? outcomes[outcome] ?? outcomes["failed"];
  const title = status === null ? reason?.title : `${reason?.title} (${status})`;
  return { title: title ?? outcome, advice: reason?.advice ?? "" };
}
