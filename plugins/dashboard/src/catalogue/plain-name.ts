/** A name in lower-case words of Latin letters and digits: `OrderID`, `order-id` and `Order ID` are `order_id`. */
export const plainName = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
