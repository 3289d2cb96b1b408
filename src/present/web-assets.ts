declare const DASHBOARD_SCRIPT: string | undefined;
declare const DASHBOARD_STYLE: string | undefined;

/** The browser's files, which the build puts into the bundle. */
export type WebAssets = { readonly script: string; readonly style: string };

const unbuilt: WebAssets = {
  script:
    'document.body.textContent = "This page is part of the build: run npm run build and start the bundle.";',
  style: '',
};

export const webAssets: WebAssets =
  typeof DASHBOARD_SCRIPT === 'string' && typeof DASHBOARD_STYLE === 'string'
    ? { script: DASHBOARD_SCRIPT, style: DASHBOARD_STYLE }
    : unbuilt;
