/** The origin under which the application is reached; injected as text. */
export const OWN_ORIGIN = Symbol('own-origin');
