// How to make each kind of client trust the local CA, as data. Nothing is run: what a machine trusts is its owner's to say.

/** One kind of client. */
export interface WayToTrust {
  readonly where: string;
  /** What to type, or to do. */
  readonly commands: readonly string[];
}

const name = "Edgecase local CA";

/** The ways. The systems' stores are read by every user, so that the copies there are made readable: the file itself is not. */
export function waysToTrust(path: string): readonly WayToTrust[] {
  const file = quote(path);
  return [
    {
      where: "curl, for one request",
      commands: [`curl --cacert ${file} https://localhost:8443/`],
    },
    {
      where: "Node, beside the CAs that it knows",
      commands: [`export NODE_EXTRA_CA_CERTS=${file}`],
    },
    {
      where: "Chromium and Chrome on Linux (package libnss3-tools or nss-tools)",
      commands: [`certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n "${name}" -i ${file}`],
    },
    {
      where: "Firefox",
      commands: [
        "Settings, Privacy & Security, View Certificates, Authorities, Import:",
        `choose ${path} and let it identify websites`,
      ],
    },
    {
      where: "Debian and Ubuntu, every program that asks the system",
      commands: [
        `sudo install -m 644 ${file} /usr/local/share/ca-certificates/edgecase-local-ca.crt`,
        "sudo update-ca-certificates",
      ],
    },
    {
      where: "Fedora and RHEL, every program that asks the system",
      commands: [
        `sudo install -m 644 ${file} /etc/pki/ca-trust/source/anchors/edgecase-local-ca.pem`,
        "sudo update-ca-trust",
      ],
    },
    {
      where: "macOS, with Safari and Chrome",
      commands: [
        `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${file}`,
      ],
    },
    {
      where: "Windows, with Edge and Chrome",
      commands: [`certutil -user -addstore Root ${windowsQuote(path)}`],
    },
  ];
}

/** A word of a POSIX shell. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** A word of cmd and PowerShell; a path there holds no quotation mark. */
function windowsQuote(path: string): string {
  return /^[\w@:.\\/-]+$/.test(path) ? path : `"${path}"`;
}
