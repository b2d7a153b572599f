/** The key that the shop and the billing service share; injected as a `RequestKey`. */
export const SHOP_KEY = Symbol('shop-key');
