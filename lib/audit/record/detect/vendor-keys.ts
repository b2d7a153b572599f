import { form, type CredentialForm } from './credential-form.js';

/*
 * Keys that their issuers made recognisable, by issuer. Without a border before them wherever the prefix is
 * unlikely within a word, since a key may stand directly behind a letter.
 */
export const VENDOR_KEYS: readonly CredentialForm[] = [
  // AWS: key ids, session tokens, Bedrock. Alibaba, Yandex.
  form('IA CA A3', /A(?:[KSBC](?:IA|CA)|3T[0-9A-Z])[0-9A-Z]{16}/g),
  form('Jb ZX', /(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[\w+/=-]{16,}/g),
  form('SK k-', /(?:ABSK[\w+/=]{40,}|bedrock-api-key-[\w+/=-]{16,})/g),
  form(
    'TA t1 QV YC y0 y1 y2 y3',
    /(?:LTAI[A-Za-z0-9]{16,}|t1\.[\w-]+={0,2}\.[\w-]{86}|AQVN[\w-]{35,}|(?<![\w+/-])YC[\w-]{38}(?![\w-])|(?<![\w-])y[0-3]_[\w-]{50,})/g,
  ),
  // Google: API keys, OAuth tokens and secrets.
  form('Iz ya // PX', /(?:AIza[\w-]{16,}|ya29\.[\w.-]{10,}|1\/\/0[\w-]{20,}|GOCSPX-[\w-]{10,})/g),
  form('AA', /(?<![\w+/])AAAA[\w-]{7}:[\w-]{100,}/g),
  // Azure: client secrets and refresh tokens of Entra ID, keys of services with the service's name in them.
  form('Q~ .A', /(?:[\w~.-]{3}\dQ~[\w~.-]{24,}|[01]\.A[\w-]{50,}(?:\.\d)?\.Ag[\w.-]{100,})/g),
  form(
    '+A CD zF zC zS IM Io JQ',
    /(?<![\w+/-])[\w+/-]{33,}(?:JQQJ99[A-Za-z0-9]{5,}|(?:\+A(?:CR|St|Sb|Eh|Rm|MC)|ACDb|Az(?:Fu|Ca|Se)|APIM|AIoT)[\w+/-]{5,11}(?:={1,2}|(?![\w+/=-])))/g,
  ),
  // GitHub, GitLab, Bitbucket, Atlassian.
  form('p_ o_ u_ s_ r_ b_', /(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{10,})/g),
  form(
    't- s- R1',
    /(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|s?oat|oas|ffct|wt)-[\w.=-]{10,}|GR1348941[\w-]{10,})/g,
  ),
  form('TT BB BD', /(?:AT[AC]TT3?[\w+/=-]{16,}|ATBB[A-Za-z0-9]{16,}[\w=.-]*|BBDC-[\w+/@-]{36,})/g),
  // Slack, Telegram, Discord.
  form('xo xa', /(?:xox[a-z]-[\w-]{8,}|xapp-\d-[\w-]{10,})/g),
  form('0: 1: 2: 3: 4: 5: 6: 7: 8: 9:', /\d{8,10}:[\w-]{35}(?![\w-])/g),
  form(
    'MT Mj Mz ND NT Nj Nz OD OT',
    /(?<![\w-])(?:M[Tjz]|N[DTjz]|O[DT])[\w-]{21,26}\.[\w-]{6}\.[\w-]{27,}/g,
  ),
  // Stripe and all who name their keys alike: <brand>_<kind>_<secret>.
  form('e_ t_ d_ c_', /(?:[sr]k_(?:live|test|prod)_[\w-]{10,}|whsec_[\w+/=-]{10,})/g),
  form(
    'e_ t_ d_ v_ g_ x_ k_ y_ n_ i_ p_',
    /_(?:live|test|prod|dev|stage|staging|sandbox|[sra]?k|p?key|secret|token|pat|api|app)_(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}[\w-]*/g,
  ),
  form(
    'k_ e_ t_',
    /(?<![A-Za-z0-9])(?:sk_(?:[A-Za-z0-9]{1,12}_){0,2}(?=[A-Za-z]*\d)[A-Za-z0-9]{18,}[\w-]*|[sp]k_(?:[a-z]{3,7}_)?[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}|pk_(?:[A-Za-z0-9]{6,9}_)?(?:[\da-f]{34}|[\dA-Z]{32})|(?:live|test)_(?:pub_)?(?=[A-Za-z]*\d)[A-Za-z0-9]{27,}[\w-]*|live_(?=[A-Za-z_-]{0,39}\d)[\w-]{40}(?![\w-])|secret_(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}|cf(?:[au]t|k)_[A-Za-z0-9]{40,})/g,
  ),
  // OpenAI, Anthropic and their like.
  form('k-', /(?<![A-Za-z0-9])sk-[\w-]{10,}/g, (match) => /\d/.test(match)),
  form('k-', /sk-(?:ant|proj|svcacct|admin|or|lf)-[\w-]{10,}/g),
  form('FJ', /[\w-]{0,64}T3BlbkFJ[\w-]{8,}/g),
  form(
    'i- x- f_ 8_ k_ v2',
    /(?:(?:(?:nvapi|xai|pplx)-|hf_|r8_|gsk_)[A-Za-z0-9]{16,}[\w-]*|(?:nvapi-|xai-|r8_)[\w-]{36,}|pcsk_\w{40,}|lsv2_[ps][tk]_[0-9a-f]{32}_[0-9a-f]{10})/g,
  ),
  // npm, PyPI, RubyGems, crates, NuGet, Docker, JFrog, Clojars, Octopus Deploy, OpenShift, Deno, Prefect.
  form(
    'm_ i- s_ y2 r_ Cp Vm JA',
    /(?:npm_[A-Za-z0-9]{16,}|pypi-A[\w-]{16,}|rubygems_[0-9a-z]{16,}|oy2[a-z0-9]{43}|dckr_[a-z]at_[\w-]{16,}|AKCp\w{16,}|cmVmd[A-Za-z0-9]{40,}|CLOJARS_[A-Za-z0-9]{32,})/g,
  ),
  form(
    'I- 6~ o_ p_ w_ u_ b_',
    /(?:API-[A-Z0-9]{25,}|sha256~[\w-]{43}|(?<![A-Za-z0-9])(?:dd[opw]|pn[bu])_[A-Za-z0-9]{36})/g,
  ),
  // SendGrid, Twilio, Mailgun, Mailchimp, Brevo, Resend.
  form(
    'G. SK y- xk e_',
    /(?:SG\.[\w-]{10,}(?:\.[\w-]+)?|SK[0-9a-fA-F]{32}|key-[0-9A-Za-z]{32,}|xkeysib-[\w-]{16,}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,})/g,
  ),
  form('-u', /[0-9a-f]{32}-us\d{1,2}/g),
  // Vault, Doppler, Terraform Cloud, Pulumi, 1Password.
  form(
    'hv s. p. l-',
    /(?:hv[sbr]\.[\w-]{10,}|(?<![A-Za-z0-9])s\.[A-Za-z0-9]{24}(?!\w)|dp\.[a-z]{2,5}\.[\w.-]{16,}|pul-[0-9a-z]{40})/g,
  ),
  form('sv', /[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{16,}/g),
  // CircleCI, Buildkite, Harness, Sourcegraph, Infracost, Scalingo.
  form(
    'CI bk t. p_ k_ o- k-',
    /(?:CCI(?:PAT|PRJ)_\w{22}_[0-9a-fA-F]{40}|bk[au][a-z]?_[a-z0-9]{40}|[ps]at\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}|sgp_(?:[0-9a-fA-F]{16}_|local_)?[0-9a-fA-F]{40}|slk_[0-9a-f]{64}|ico-[A-Za-z0-9]{32}|tk-us-[\w-]{48})/g,
  ),
  // 1Password: what opens an account, together with the password.
  form(
    'A3',
    /(?<![A-Z0-9])A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}/g,
  ),
  // DigitalOcean, Heroku, Fly, Netlify, Vercel, Supabase, PlanetScale, Databricks, AppSync, Tailscale, Cloudflare.
  form(
    '1_ KU m1 m2 yV fp vc bp b_ e_ da y-',
    /(?:do[opr]_v1_[0-9a-f]{16,}|HRKU-[\w-]{16,}|(?:f(?:m[12][arp]?|o1)_|FlyV1 )[\w+/=,-]{16,}|nfp_\w{16,}|vc[piark]_\w{16,}|sbp_[0-9a-z]{16,}|sb_secret_[\w-]{16,}|pscale_[a-z]+_[\w.=-]{16,}|da(?:pi[0-9a-f]{32}|2-[a-z0-9]{26})|tskey-[\w-]{16,}|dnkey-[\w=-]{20,})/g,
  ),
  // Settlemint, Telnyx, Salesforce.
  form(
    'm_ EY !A P8',
    /(?:sm_[aps]at_[A-Za-z0-9]{16,}|(?<![A-Za-z0-9])KEY(?=[A-Za-z_-]{0,54}\d)[\w-]{55}(?![\w-])|00[A-Za-z0-9]{13}!A[\w.]{60,}|5AEP8[\w.=]{60,})/g,
  ),
  // Shopify, Square, Meta, PayPal, Linear, Notion, Figma, Postman, Airtable.
  form(
    't_ a_ s_ q0 AA n$ n_ d_ p_ u_ o_ K-',
    /(?:shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}|sq0[a-z]{3}-[\w-]{16,}|EAAA[\w-]{40,}|EAA[A-Z][A-Za-z0-9]{80,}|access_token\$[\w$]{16,}|lin_(?:api|oauth)_\w{16,}|ntn_\w{16,}|fig[dopu]_[\w=-]{16,}|PMAK-[\w-]{16,})/g,
  ),
  form('pa', /pat[A-Za-z0-9]{14}\.[0-9a-f]{32,}/g),
  form(
    't-',
    /(?<![A-Za-z0-9])pat-(?:na|eu|ap)\d-[\da-zA-Z]{8}(?:-[\da-zA-Z]{4}){3}-[\da-zA-Z]{12}/g,
  ),
  // Twitter, Facebook's applications, Dropbox, Adobe, Adafruit, Contentful, Flutterwave, Duffel.
  form('AA', /(?<![\w+/])A{18,22}[A-Za-z0-9%]{60,}/g),
  form('|', /(?<!\d)\d{15,16}\|[\w-]{27}/g),
  form(
    'sl p8 o_ CF LW l_',
    /(?:(?<![A-Za-z0-9])sl\.[\w=.-]{100,}|p8e-[A-Za-z0-9]{32}|(?<![A-Za-z0-9])aio_[A-Za-z0-9]{28}|CFPAT-[\w-]{43}|FLWSECK(?:_TEST)?-[\w-]{12,}|duffel_(?:live|test)_[\w=-]{20,})/g,
  ),
  // Plaid, EasyPost, Razorpay, Ramp, Typeform, Frame.io, ReadMe, Rootly, MaxMind, Authress, LaunchDarkly.
  form(
    's- EZ rz p_',
    /(?:access-(?:sandbox|development|production)-[\da-f]{8}-[\da-f-]{27}|EZ[AT]K[A-Za-z0-9]{54}(?![A-Za-z0-9])|rzp_(?:live|test)_[A-Za-z0-9]{14}|ramp_(?:sec|tok)_[A-Za-z0-9]{40,}|tfp_[\w.=-]{40,})/g,
  ),
  form(
    'u- e_ y_ .a i- k-',
    /(?:fio-u-[\w=-]{40,}|rdme_[a-z0-9]{50,}|rootly_[a-f0-9]{64}|\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,}|(?<![A-Za-z0-9])(?:api|sdk)-[\da-z]{8}-[\da-z]{4}-4[\da-z]{3}-[\da-z]{4}-[\da-z]{12})/g,
  ),
  form('mk', /(?<![A-Za-z0-9])[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/g),
  // 42, Nightfall, Ubidots, Voiceflow, Alchemy, Pganalyze, Portainer, Robinhood, Endor, Tableau, Teamwork, Cloudflare.
  form(
    '4t F- F. lc pg r_ rh r+ =: v1',
    /(?:s-s4t2(?:ud|af)-[a-f0-9]{64}|(?<![A-Za-z0-9])(?:NF-[A-Za-z0-9]{32}|BBFF-[A-Za-z0-9]{30}|VF\.(?:[DW][MS]\.)?[0-9a-fA-F]{24}\.[A-Za-z0-9]{16})|alcht_[A-Za-z0-9]{30}|pga[a-z]_[A-Za-z0-9]{27}|(?<![A-Za-z0-9])ptr_[\w/+=-]{40,}|rh-api-[0-9a-fA-F-]{36}|endr\+[A-Za-z0-9-]{16}|(?<![A-Za-z0-9])[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32}|tkn\.v1_[A-Za-z0-9]{60,}|v1\.0-[\w-]{100,})/g,
  ),
  form(
    'b_ i_ hl',
    /(?:bb_(?:pr|ma)_[a-f0-9]{30}|(?<![A-Za-z0-9])api_(?=[A-Za-z.]*\d)[A-Za-z0-9.]{40,}|api_org_[A-Za-z]{34}|shltm_[\w-]{40})/g,
  ),
  // Grafana, New Relic, Sentry, Dynatrace, Sonar, PostHog.
  form(
    'c_ a_ K- I- Q- RA s_ u_ o_ p_ x_ t0',
    /(?:gl(?:c|sa)_[\w+/=]{16,}|NR(?:AK|I[IQ])-[\w-]{16,}|(?<![\da-f])(?:[\da-f]{32,36}|[a-z]{2}\d\dxx[\da-f]{26,30})(?:FFFF)?NRAL|sntry[su]_[\w+/=-]{16,}|dt0[a-z]\d{2}\.[A-Za-z0-9]{16,}\.[A-Za-z0-9]{16,}|sq(?:[apu]|co)_[0-9a-zA-Z]{16,}|ph[sx]_\w{40,})/g,
  ),
];
