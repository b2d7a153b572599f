import { ADONIS_FORMAT } from './adonis.format.js';
import { ASPNET_IDENTITY_FORMAT } from './aspnet-identity.format.js';
import { ATLASSIAN_FORMAT } from './atlassian.format.js';
import { BETTER_AUTH_FORMAT, LUCIA_FORMAT } from './better-auth.format.js';
import { DJANGO_FORMAT } from './django.format.js';
import { GRUB_FORMAT } from './grub.format.js';
import { LDAP_FORMAT } from './ldap.format.js';
import { P5K2_FORMAT } from './p5k2.format.js';
import { PHPASS_FORMAT } from './phpass.format.js';
import { SHA_CRYPT_FORMAT } from './sha-crypt.format.js';
import { SPRING_FORMAT } from './spring.format.js';
import type { StoredFormat } from './stored-hash.js';
import { WERKZEUG_FORMAT } from './werkzeug.format.js';
import { WORDPRESS_FORMAT } from './wordpress.format.js';
import { WRAPPED_FORMAT } from './wrapped.format.js';

/** The layouts that this package verifies but does not create, apart from those of passlib that it shares. */
export const FOREIGN_FORMATS: readonly StoredFormat[] = Object.freeze([
  ADONIS_FORMAT,
  ASPNET_IDENTITY_FORMAT,
  ATLASSIAN_FORMAT,
  BETTER_AUTH_FORMAT,
  DJANGO_FORMAT,
  GRUB_FORMAT,
  LDAP_FORMAT,
  LUCIA_FORMAT,
  P5K2_FORMAT,
  PHPASS_FORMAT,
  SHA_CRYPT_FORMAT,
  SPRING_FORMAT,
  WERKZEUG_FORMAT,
  WORDPRESS_FORMAT,
  WRAPPED_FORMAT,
]);
