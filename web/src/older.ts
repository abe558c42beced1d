// What the map's library calls and Chromium 80 to 92 (Kylin, UOS) lack. Imported before it, on the page and in its worker; ours calls none of it.
type Bag = Record<string, unknown>;

function lend(to: object, name: string, made: (...given: never[]) => unknown): void {
  if (!(name in to)) Object.defineProperty(to, name, { value: made, writable: true, configurable: true });
}

function at(this: ArrayLike<unknown>, n: number): unknown {
  const whole = Math.trunc(n) || 0;
  return this[whole < 0 ? this.length + whole : whole];
}

for (const kind of [Array, String, Object.getPrototypeOf(Int8Array) as { prototype: object }]) lend(kind.prototype, "at", at);
lend(String.prototype, "replaceAll", function (this: string, what: string | RegExp, by: string): string {
  return typeof what === "string" ? this.split(what).join(by) : this.replace(what, by);
});
lend(Object, "hasOwn", (bag: Bag, key: string) => Object.prototype.hasOwnProperty.call(bag, key));
if (typeof Element !== "undefined") lend(Element.prototype, "replaceChildren", function (this: Element, ...nodes: Node[]): void {
  this.textContent = "";
  this.append(...nodes);
});
export {};
