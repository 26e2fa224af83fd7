// Answers in the shape that both platforms know.

export function answer(
  status: number,
  body: object,
  headers: Record<string, string> = {},
): Response {
  const all = { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers };
  return new Response(JSON.stringify(body), { status, headers: all });
}

export function refuse(
  status: number,
  error: string,
  headers: Record<string, string> = {},
): Response {
  return answer(status, { error }, headers);
}
