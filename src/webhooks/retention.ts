/** Finished deliveries and their attempts are forgotten after so many days. */
export const keptDays = 30
