# Fetches packages of another suite of Debian without installing them; sourced by what needs a tool that is newer than
# this machine's release. Sources come from the machine's own apt lists; apt works on a private sources list and a
# private state directory, so the system's package lists, cache and database stay as they are.

# debian_sources CODENAME: "URI<tab>KEYRING" of every source that serves this release of Debian itself; the keyring is
# empty when the source names none. Reads both forms of apt's lists: one-line (.list) and deb822 (.sources).
debian_sources()
{
    local lists=() stanzas=() file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        if [ -r "$file" ]; then lists+=("$file"); fi
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        if [ -r "$file" ]; then stanzas+=("$file"); fi
    done
    if [ ${#lists[@]} -gt 0 ]; then
        awk -v codename="$1" '
            $1 == "deb" {
                at = 2; keyring = ""
                if ($2 ~ /^\[/) {
                    options = ""
                    do { options = options " " $at } while ($(at++) !~ /\]$/ && at <= NF)
                    if (match(options, /signed-by=[^] ]+/)) keyring = substr(options, RSTART + 10, RLENGTH - 10)
                }
                main = 0
                for (i = at + 2; i <= NF; i++) if ($i == "main") main = 1
                if ($(at + 1) == codename && main) print $at "\t" keyring
            }' "${lists[@]}"
    fi
    for file in "${stanzas[@]}"; do
        # Comment lines may stand inside a stanza; a line that begins with a blank continues the field above it.
        grep -v '^#' "$file" | awk -v codename="$1" '
            function has(words, word) { return (" " words " ") ~ ("[ \t]" word "[ \t]") }
            function finish(    n, uri, i) {
                if (has(field["types"], "deb") && has(field["suites"], codename) && has(field["components"], "main") &&
                    tolower(field["enabled"]) !~ /no|false|off|0/) {
                    n = split(field["uris"], uri, " ")
                    # A key may also stand in the field itself, over many lines; only a file name is of use here.
                    for (i = 1; i <= n; i++) print uri[i] "\t" (field["signed-by"] ~ /^[ \t]*\/[^ \t]+[ \t]*$/ ? field["signed-by"] : "")
                }
                delete field
            }
            /^[ \t]*$/ { finish(); next }
            /^[ \t]/   { field[name] = field[name] " " $0; next }
            {
                name = tolower(substr($0, 1, index($0, ":") - 1))
                field[name] = substr($0, index($0, ":") + 1)
                gsub(/^[ \t]+|[ \t]+$/, "", field[name])
            }
            END { finish() }'
    done
}

# fetch_packages URI KEYRING WORKDIR RELEASE PACKAGE...: downloads the packages into WORKDIR with an apt that knows of
# nothing else.
fetch_packages()
{
    local uri=$1 keyring=$2 work=$3 release=$4 signed=""
    shift 4
    [ -n "$keyring" ] || keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    if [ -r "$keyring" ]; then signed="[signed-by=$keyring]"; fi
    mkdir -p "$work"/{lists,cache,log,state}/partial
    : >"$work/status"
    echo "deb $signed $uri $release main" >"$work/sources.list"
    # The machine's own apt settings (a proxy, credentials) are read first and stay in force; its hooks do not, because
    # they act on the system's cache.
    cat >"$work/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::Contents-deb;
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "-";
Dir::State "$work/state";
Dir::State::Lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Log "$work/log";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
CONF
    {
        apt-get -c="$work/apt.conf" --quiet -o APT::Update::Error-Mode=any update &&
            (cd "$work" && apt-get -c="$work/apt.conf" --quiet download "$@")
    } >&2
}

# unpack_packages FOLDER RELEASE PACKAGE...: leaves the packages' usr folder as FOLDER/usr. Returns 1 when none could be
# had; standard error says why.
unpack_packages()
{
    local folder=$1 release=$2 codename sources tool work attempt uri keyring deb
    shift 2
    for tool in apt-get dpkg; do
        command -v "$tool" >/dev/null || { echo "no $tool here to fetch $* with" >&2; return 1; }
    done

    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    sources=$(debian_sources "$codename")
    [ -n "$codename" ] && [ -n "$sources" ] || { echo "this machine's apt sources name no archive of its own release" >&2; return 1; }

    mkdir -p "$folder"
    work=$(mktemp -d "$folder/fetch.XXXXXX")
    while IFS=$'\t' read -r uri keyring; do
        attempt=$(mktemp -d "$work/XXXXXX")
        if fetch_packages "$uri" "$keyring" "$attempt" "$release" "$@"; then
            # Unpacked beside its place and then moved there, so that an interrupted run leaves nothing half done.
            for deb in "$attempt"/*.deb; do
                dpkg -x "$deb" "$work/unpacked"
            done
            rm -rf "$folder/usr"
            mv "$work/unpacked/usr" "$folder/usr"
            rm -rf "$work"
            return 0
        fi
    done < <(sort -u <<<"$sources")

    rm -rf "$work"
    echo "$* can't be had from $release of this machine's Debian archive" >&2
    return 1
}
