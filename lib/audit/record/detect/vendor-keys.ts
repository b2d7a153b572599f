import { form, type CredentialForm } from './credential-form.js';

/*
 * Keys that their issuers made recognisable, by issuer. Without a border before them wherever the prefix is
 * unlikely within a word, since a key may stand directly behind a letter.
 */
export const VENDOR_KEYS: readonly CredentialForm[] = [
  // AWS: key ids, session tokens, Bedrock.
  form('IA CA', /A[KSBC](?:IA|CA)[0-9A-Z]{16}/g),
  form('Jb ZX', /(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[\w+/=-]{16,}/g),
  form('SK', /ABSK[\w+/=]{40,}/g),
  // Google: API keys, OAuth tokens and secrets.
  form('Iz ya // PX', /(?:AIza[\w-]{16,}|ya29\.[\w.-]{10,}|1\/\/0[\w-]{20,}|GOCSPX-[\w-]{10,})/g),
  // Azure: client secrets of Entra ID.
  form('Q~', /[\w~.-]{3}\dQ~[\w~.-]{24,}/g),
  // GitHub, GitLab, Bitbucket, Atlassian.
  form('p_ o_ u_ s_ r_ b_', /(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{10,})/g),
  form(
    't- s- R1',
    /(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|s?oat|oas|ffct|wt)-[\w.-]{10,}|GR1348941[\w-]{10,})/g,
  ),
  form('TT BB', /(?:AT[AC]TT3[\w=-]{16,}|ATBB[A-Za-z0-9]{16,})/g),
  // Slack, Telegram.
  form('xo xa', /(?:xox[a-z]-[\w-]{10,}|xapp-\d-[\w-]{10,})/g),
  form('0: 1: 2: 3: 4: 5: 6: 7: 8: 9:', /\d{8,10}:[\w-]{35}(?![\w-])/g),
  // Stripe and all who name their keys alike: <brand>_<kind>_<secret>.
  form('e_ t_ d_ c_', /(?:[sr]k_(?:live|test|prod)_\w{10,}|whsec_[\w+/=-]{10,})/g),
  form(
    'e_ t_ d_ v_ g_ x_ k_ y_ n_ i_ p_',
    /_(?:live|test|prod|dev|stage|staging|sandbox|[sra]?k|p?key|secret|token|pat|api|app)_(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}\w*/g,
  ),
  // OpenAI, Anthropic and their like.
  form('k-', /(?<![A-Za-z0-9])sk-[\w-]{10,}/g, (match) => /\d/.test(match)),
  form('k- FJ', /(?:sk-(?:ant|proj|svcacct|admin|or|lf)-[\w-]{10,}|[\w-]{0,64}T3BlbkFJ[\w-]{8,})/g),
  form('i- x- f_ 8_ k_', /(?:(?:nvapi|xai|pplx)-|hf_|r8_|gsk_)[A-Za-z0-9]{16,}[\w-]*/g),
  // npm, PyPI, RubyGems, crates, NuGet, Docker, JFrog.
  form(
    'm_ i- s_ y2 r_ Cp',
    /(?:npm_[A-Za-z0-9]{16,}|pypi-A[\w-]{16,}|rubygems_[0-9a-f]{16,}|oy2[a-z0-9]{43}|dckr_[a-z]at_[\w-]{16,}|AKCp\w{16,})/g,
  ),
  // SendGrid, Twilio, Mailgun, Mailchimp, Brevo, Resend.
  form(
    'G. SK y- -u xk e_',
    /(?:SG\.[\w-]{10,}(?:\.[\w-]+)?|SK[0-9a-f]{32}|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}|xkeysib-[\w-]{16,}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,})/g,
  ),
  // Vault, Doppler, Terraform Cloud, Pulumi, 1Password.
  form(
    'hv s. p. sv ul',
    /(?:hv[sbr]\.[\w-]{10,}|(?<![A-Za-z0-9])s\.[A-Za-z0-9]{24}(?!\w)|dp\.[a-z]{2,5}\.[\w.-]{16,}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{16,}|pul-[0-9a-f]{40})/g,
  ),
  // DigitalOcean, Heroku, Fly, Netlify, Vercel, Supabase, PlanetScale, Databricks, Tailscale, Cloudflare.
  form(
    '1_ KU m1 m2 yV fp vc bp b_ e_ da y-',
    /(?:do[opr]_v1_[0-9a-f]{16,}|HRKU-[\w-]{16,}|(?:fm[12][arp]?_|FlyV1 )[\w+/=,-]{16,}|nfp_\w{16,}|vc[piark]_\w{16,}|sbp_[0-9a-f]{16,}|sb_secret_[\w-]{16,}|pscale_[a-z]+_[\w.-]{16,}|dapi[0-9a-f]{32}|tskey-[\w-]{16,})/g,
  ),
  // Shopify, Square, Meta, PayPal, Linear, Notion, Figma, Postman, Airtable.
  form(
    't_ a_ s_ q0 AA n$ n_ d_ K-',
    /(?:shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}|sq0[a-z]{3}-[\w-]{16,}|EAAA[\w-]{40,}|access_token\$[\w$]{16,}|lin_(?:api|oauth)_\w{16,}|ntn_\w{16,}|figd_[\w-]{16,}|PMAK-[\w-]{16,})/g,
  ),
  form('pa', /pat[A-Za-z0-9]{14}\.[0-9a-f]{32,}/g),
  // Grafana, New Relic, Sentry, Dynatrace, Sonar.
  form(
    'c_ a_ K- s_ u_ p_ t0',
    /(?:gl(?:c|sa)_[\w+/=]{16,}|NRAK-[A-Z0-9]{16,}|sntry[su]_[\w+/=-]{16,}|dt0[a-z]\d{2}\.[A-Z0-9]{16,}\.[A-Z0-9]{16,}|sq[apu]_[0-9a-f]{16,})/g,
  ),
];
