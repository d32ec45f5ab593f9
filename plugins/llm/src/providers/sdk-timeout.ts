/** Milliseconds: the time limits are the guard's, and an SDK wants a number all the same. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1
