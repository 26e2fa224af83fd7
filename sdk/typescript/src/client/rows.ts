export interface Page<Row> {
  data: Row[];
  cursor: string | null;
}

/**
 * Every row of a list, page by page:
 * `for await (const event of rows((cursor) => client.listEvents({ cursor, type: "resource.*" })))`.
 */
export async function* rows<Row>(
  readPage: (cursor: string | undefined) => Promise<Page<Row>>,
): AsyncGenerator<Row, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    yield* page.data;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
}
