/** What names the page that follows, where there is one. */
export type Page<Listing> = Listing extends { next?: infer Next } ? Exclude<Next, null> | undefined : undefined;

/** All entries of a list that comes in pages. */
export async function paged<Listing, Item>(
  ask: (after: Page<Listing>) => Promise<Listing>,
  items: (page: Listing) => readonly Item[],
): Promise<Item[]> {
  const all: Item[] = [];
  let after: Page<Listing> | null = undefined as Page<Listing>;
  do {
    const page: Listing = await ask(after as Page<Listing>);
    all.push(...items(page));
    after = ((page as { next?: Page<Listing> | null }).next ?? null) as Page<Listing> | null;
  } while (after !== null);
  return all;
}
