/**
 * What node:sqlite has and Deno 2.9's types lack.
 *
 * @module
 */

declare module "node:sqlite" {
  interface StatementSync {
    /** Has `all()` give rows as arrays instead of objects; Node 24.0.0 has it, too. */
    setReturnArrays(enabled: boolean): void;
  }
}

export {};
