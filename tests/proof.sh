# Sourced by ./dev: the long forms of all proofs, one by one. What is proved by a number of runs (seeds of the simulator,
# crash cycles) grows over days: each call goes on where the last one stopped, for PROOF_MINUTES (30), and writes what it
# ran into a ledger, docs/proof/*.tsv, by the commit that last changed anything but docs. Every other proof is as long as
# it is, and docs/proof/<name>.md holds its last run, with its own commit. docs/proof.md is made of all of these.

proof_minutes=${PROOF_MINUTES:-30}

# name | heading | command. A command prints its figures as a Markdown table and fails where it did not hold what it
# proves; the rest of what it prints stays in its log.
proofs() {
  cat <<'TEXT'
seeds       | Simulator                           | more_seeds
teeth       | Planted bugs                        | build/release/tests/planted_bugs --seeds 100
crash       | Crash cycles on SQLite              | more_crashes sqlite
crash-maria | Crash cycles on MariaDB             | more_crashes mariadb
commits     | Unknown commits of the write queue  | env HUIQIAO_COMMITS=20000 build/release/tests/unknown_commits_queue
commits-all | Unknown commits of a whole service  | env HUIQIAO_COMMITS=200 build/release/tests/unknown_commits_service
machine     | Faults of the machine               | build/release/tests/service_faults --duration=true
soak        | Soak                                | env HUIQIAO_SOAK_ROUNDS=100 build/release/tests/service_soak
overload    | Overload and slow clients           | ./dev overload
tampering   | Tampering                           | build/release/tests/ledger_contract -tc=*verify*,*tamper* --duration=true
million     | A million entries                   | build/release/tests/tampering_at_size
bench       | Speed                               | ./dev bench --long
sanitize    | Sanitizers                          | ./dev test --sanitize
TEXT
}

# The commit that last changed anything but docs, so that a ledger that is committed does not begin a new sum.
code_commit() {
  local commit
  commit=$(git log -1 --format=%h -- . ':!docs')
  [ -z "$(git status --porcelain -- . ':!docs')" ] || commit+=" with changes"
  echo "$commit"
}

# after <ledger> <awk condition> <column expression>: the largest of it so far, or 0.
largest() { awk -F'\t' "NR > 1 && ($2) && ($3) > most { most = $3 } END { print most + 0 }" "$1"; }

# The first range of seeds whose last run was not clean, at another commit than this one: "first count", or nothing.
failed_seeds() {
  awk -F'\t' -v now="$(code_commit)" 'NR > 1 { if ($3 > count[$2]) count[$2] = $3; if ($3 == count[$2] || $5 < $3) { commit[$2] = $1; clean[$2] = $5 + count[$2] - $3 } }
    END { for (first in count) if (clean[first] < count[first] && commit[first] != now && (best == "" || first + 0 < best + 0)) best = first
      if (best != "") print best, count[best] }' "$1"
}

# The next seeds, twenty at a time, until the time is over; first those that failed at an earlier commit. A failing chunk
# is a line as well, and the next one goes on.
more_seeds() {
  local ledger=docs/proof/seeds.tsv log=build/proof/chunk.log orders=50 chunk until=$((SECONDS + proof_minutes * 60))
  local held=yes first count clean counted
  [ -s "$ledger" ] || printf 'commit\tfirst\tseeds\torders a seed\tclean\tvirtual days\tfaults\tCPU seconds\n' >"$ledger"
  while [ "$SECONDS" -lt "$until" ]; do
    read -r first chunk <<<"$(failed_seeds "$ledger")"
    if [ -z "$first" ]; then first=$(($(largest "$ledger" 1 '$2 + $3 - 1') + 1)) chunk=20; fi
    count=$chunk clean=$chunk
    build/release/tests/simulate --seeds "$chunk" --orders "$orders" --first "$first" >"$log" 2>&1 || {
      held=no clean=0
      # "| clean | 18 of 20 |"; where it was stopped, or died, only what it told is counted.
      counted=$(sed -n 's/^| clean | \([0-9]*\) of \([0-9]*\) |$/\1 \2/p' "$log" | tail -n 1)
      if [ -n "$counted" ]; then read -r clean count <<<"$counted"; fi
      cat "$log"
    }
    [ "$count" -gt 0 ] || return 1
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(code_commit)" "$first" "$count" "$orders" "$clean" \
      "$(figure_in "$log" 'virtual days')" "$(figure_in "$log" 'faults injected')" "$(figure_in "$log" 'CPU seconds')" >>"$ledger"
    echo "  seeds $first to $((first + count - 1)): $clean clean"
  done
  table_of "$log"  # of the last chunk: kinds of faults, rare paths
  [ $held = yes ]
}

# more_crashes sqlite|mariadb: loops of cycles with ever other seeds, until the time is over.
more_crashes() {
  local ledger=docs/proof/crash.tsv log=build/proof/chunk.log line=build/proof/crash.line until=$((SECONDS + proof_minutes * 60))
  local engine=$1 held=yes seed options=(--cycles 60)
  if [ "$engine" = mariadb ]; then options=(--cycles 20 --mariadb); fi
  if [ ! -s "$ledger" ]; then
    printf 'commit\tengine\tseed\tcycles\tservice kills\tdatabase kills\tcounterparty kills\t' >"$ledger"
    printf 'orders acknowledged\tlost\tdoubled\tfaults\tslowest restart ms\tseconds\n' >>"$ledger"
  fi
  while [ "$SECONDS" -lt "$until" ]; do
    seed=$(($(largest "$ledger" "\$2 == \"$engine\"" '$3') + 1))
    rm -f "$line"
    build/release/tests/huiqiao_crash_loop "${options[@]}" --seed "$seed" --record "$line" >"$log" 2>&1 || held=no
    # No line: the loop itself could not go on, which says nothing of the service.
    [ -s "$line" ] || { cat "$log"; return 1; }
    printf '%s\t%s\n' "$(code_commit)" "$(cat "$line")" >>"$ledger"
    echo "  seed $seed: ${options[1]} cycles"
    [ $held = yes ] || cat "$log"
  done
  table_of "$log"
  [ $held = yes ]
}

# The tables in a log, one after the other.
table_of() { awk '/^\|/ { if (gap && n++) print ""; gap = 0; print; next } { gap = 1 } BEGIN { gap = 1 }' "$1"; }
# The figure of a row of them.
figure_in() { awk -F'|' -v what="$2" '{ gsub(/^ +| +$/, "", $2); if ($2 == what) { gsub(/^ +| +$/, "", $3); print $3; exit } }' "$1"; }

# By commit, the newest last, and in all. A range that was run again stands with its last run, unless that one was
# stopped before its end without a failure.
seeds_so_far() {
  [ -s docs/proof/seeds.tsv ] || return 0
  awk -F'\t' 'NR > 1 { if (!($2 in failed)) failed[$2] = $3 - $5
      if ($3 >= count[$2] || $5 < $3) { count[$2] = $3; open[$2] = $3 - $5 } }
    END { for (first in failed) if (failed[first] > 0) { n += failed[first]; ranges++; if (open[first] == 0) held++ }
      if (n) printf "\n%d seeds failed when they were first run. Of their %d ranges %d held when they were run again, at the commit that is counted.\n", n, ranges, held }' docs/proof/seeds.tsv
  printf '\n| Commit | Seeds | Clean | Orders | Virtual days | Faults | CPU hours |\n|---|--:|--:|--:|--:|--:|--:|\n'
  awk -F'\t' 'NR > 1 { line[NR] = $0; if ($3 >= count[$2] || $5 < $3) { last[$2] = NR; count[$2] = $3 } }
    END { for (r = 1; r <= NR; r++) if (r in line) { $0 = line[r]
        if (last[$2] != r) continue
        if (!($1 in seeds)) order[++n] = $1
        add($1); add("in all") }
      if (n) order[++n] = "in all"
      for (i = 1; i <= n; i++) { c = order[i]
        printf "| %s | %d | %d | %d | %d | %d | %.1f |\n", c, seeds[c], clean[c], orders[c], days[c], faults[c], cpu[c] / 3600 } }
    function add(c) { seeds[c] += $3; clean[c] += $5; orders[c] += $3 * $4; days[c] += $6; faults[c] += $7; cpu[c] += $8 }' docs/proof/seeds.tsv
}

crashes_so_far() {
  cut -f2 docs/proof/crash.tsv 2>/dev/null | grep -x "$1" >/dev/null || return 0
  printf '\n| Commit | Cycles | Kills of the service | Of mariadbd | Acknowledged | Lost | Doubled | Faults | Slowest restart, ms |\n'
  printf '|---|--:|--:|--:|--:|--:|--:|--:|--:|\n'
  awk -F'\t' -v engine="$1" 'NR > 1 && $2 == engine { if (!($1 in cycles)) order[++n] = $1
      add($1); add("in all") }
    function add(c) { cycles[c] += $4; kills[c] += $5; base[c] += $6; acked[c] += $8; lost[c] += $9; twice[c] += $10
      faults[c] += $11; if ($12 > slowest[c]) slowest[c] = $12 }
    END { if (n) order[++n] = "in all"
      for (i = 1; i <= n; i++) { c = order[i]
        printf "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", c, cycles[c], kills[c], base[c], acked[c], lost[c], twice[c], faults[c], slowest[c] } }' docs/proof/crash.tsv
}

# Whether a proof's command is there: a function of this file, a command of ./dev, or a program that was built.
exists() {
  if [ "$1" = env ]; then shift 2; fi
  if [ "$1" = ./dev ]; then usage | grep "^\./dev $2 " >/dev/null; else declare -F "$1" >/dev/null || [ -x "$1" ]; fi
}

# prove <name> <heading> <command>: runs it and writes its section. True where it held.
prove() {
  local name=$1 heading=$2 words log=build/proof/$1.log outcome=held began=$SECONDS commit
  read -ra words <<<"$3"
  say "$heading: $3"
  commit=$(code_commit)
  if ! exists "${words[@]}"; then
    outcome="**missing**, there is no such command"; : >"$log"
  else
    "${words[@]}" 2>&1 | tee "$log" || outcome="**failed**, see $log"
  fi
  {
    printf '`./dev proof %s`: %s. %d s, %s, commit %s.\n\n' "$name" "$outcome" "$((SECONDS - began))" \
      "$(date -u '+%F %H:%M UTC')" "$commit"
    # What prints no table is shown by its last lines.
    if grep -q '^|' "$log"; then
      table_of "$log"
    elif [ -s "$log" ]; then
      echo '```'; tail -n 40 "$log"; echo '```'
    fi
  } >"docs/proof/$name.md"
  [ "$outcome" = held ]
}

# proof [names...]: all proofs, or those named; docs/proof.md shows the last run of each.
proof() {
  local name heading command held=yes
  for name in "$@"; do
    proofs | grep "^$name " >/dev/null || fail "There is no proof '$name'. There are: $(proofs | cut -d' ' -f1 | tr '\n' ' ')"
  done
  build release
  mkdir -p build/proof docs/proof
  while IFS='|' read -r name heading command; do
    read -r name <<<"$name"; read -r heading <<<"$heading"; read -r command <<<"$command"
    [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
    prove "$name" "$heading" "$command" </dev/null || held=no
    write_proof
  done < <(proofs)
  say "docs/proof.md is written; docs/proof/ holds what it is made of"
  [ $held = yes ] || fail "Not everything held; docs/proof.md says what."
}

# The figure of a row of a section's table, or what is said where it was not run: figure <name> <words of the row>.
figure() {
  local found
  found=$(figure_in "docs/proof/$1.md" "$2" 2>/dev/null || true)
  echo "${found:-not run}"
}

# The last row of a table on standard input, its column n.
in_all() { awk -F'|' -v n="$1" '{ last = $n } END { gsub(/ /, "", last); print last == "" ? "none" : last }'; }

# The figures that the specification of reliability wants published (3.9), each with its proof, and what is not proved.
figures_to_publish() {
  local seeds crashes crashes_maria
  seeds=$(seeds_so_far); crashes=$(crashes_so_far sqlite); crashes_maria=$(crashes_so_far mariadb)
  printf '| What | Figure | Proof |\n|---|---|---|\n'
  local row='| %s | %s | %s |\n'
  # shellcheck disable=SC2059
  {
    printf "$row" 'Seeds of the simulator, clean' "$(in_all 4 <<<"$seeds") of $(in_all 3 <<<"$seeds") (wanted: 10,000)" 'seeds'
    printf "$row" 'Simulated orders' "$(in_all 5 <<<"$seeds")" 'seeds'
    printf "$row" 'Virtual days' "$(in_all 6 <<<"$seeds")" 'seeds'
    printf "$row" 'Faults injected' "$(in_all 7 <<<"$seeds"), by kind in the section below" 'seeds'
    printf "$row" 'Invariants' 'all of `tests/sim/judge.h`, after every event; full sums at intervals and at the end' 'seeds'
    printf "$row" 'Planted bugs caught' "$(planted_found)" 'teeth'
    printf "$row" 'kill -9 cycles on SQLite; acknowledged, lost, doubled' "$(in_all 3 <<<"$crashes"); $(in_all 6 <<<"$crashes"), $(in_all 7 <<<"$crashes"), $(in_all 8 <<<"$crashes") (wanted: 900 kills)" 'crash'
    printf "$row" 'kill -9 cycles on MariaDB; acknowledged, lost, doubled' "$(in_all 3 <<<"$crashes_maria"); $(in_all 6 <<<"$crashes_maria"), $(in_all 7 <<<"$crashes_maria"), $(in_all 8 <<<"$crashes_maria") (wanted: 100 kills)" 'crash-maria'
    printf "$row" 'Slowest restart until ready, ms' "SQLite $(in_all 10 <<<"$crashes"), MariaDB $(in_all 10 <<<"$crashes_maria") (wanted: under 2,000)" 'crash, crash-maria; behind a million orders: bench'
    printf "$row" 'COMMITs of unknown outcome: took place, did not' "queue: $(figure commits 'had taken place'), $(figure commits 'had not'); service: $(figure commits-all 'had taken place'), $(figure commits-all 'had not')" 'commits, commits-all'
    printf "$row" 'Faults of the machine' "$(outcome_of machine)" 'machine'
    printf "$row" 'Soak: requests, memory half way and at the end' "$(soak_figure)" 'soak'
    printf "$row" 'Overload: goodput of the peak, %' "$(figure overload 'goodput of the peak') (wanted: at least 80)" 'overload'
    printf "$row" 'Overload: a refusal, p99, us' "$(figure overload 'a refusal, p99') (wanted: under 50,000)" 'overload'
    printf "$row" 'Ways to tamper, each found and named' "$(outcome_of tampering)" 'tampering'
    printf "$row" 'verify of a million entries, s' "$(figure million 'verify, s') (wanted: under 30)" 'million'
    printf "$row" 'Throughput, p50, p99 on both engines' "$(outcome_of bench)" 'bench'
    printf "$row" 'Sanitizers (address, undefined behaviour)' "$(outcome_of sanitize)" 'sanitize'
    printf "$row" 'Security cases; API against its description' 'in every `./dev test`' '`api_contract`, `http_unit`, by SEC-.. in the names'
    printf "$row" 'Power loss; Galera; fuzzing; branch coverage; ASVS rows; restore time' 'not measured: nothing is promised of them' '–'
  }
}

outcome_of() {
  local told
  told=$(sed -n '1s/^`[^`]*`: \([^.,]*\).*/\1/p' "docs/proof/$1.md" 2>/dev/null || true)
  echo "${told:-not run}"
}
planted_found() {
  if [ ! -s docs/proof/teeth.md ]; then echo "not run (wanted: all)"; return; fi
  # Rows of the table that name the seeds it took; one that was not found says so.
  awk -F'|' '/^\|/ && $2 !~ /Mistake|---/ { n++; if ($4 ~ /[0-9]/) k++ } END { printf "%d of %d (wanted: all)", k, n }' docs/proof/teeth.md
}
soak_figure() {
  awk -F'|' '{ gsub(/^ +| +$/, "", $2); gsub(/ /, "", $4); gsub(/ /, "", $5) }
    $2 ~ /^memory/ { half = $4; end = $5 } $2 ~ /^requests/ { n = $5 }
    END { print n == "" ? "not run" : n ", " half " KiB, " end " KiB" }' docs/proof/soak.md 2>/dev/null || echo "not run"
}

write_proof() {
  local name heading command
  {
    printf '# Proof\n\nWritten by `./dev proof`, which goes on where it stopped: what stands here was run on the days and commits that stand\n'
    printf 'beside it. Machine of the last: %s, %s cores, %s of memory, %s.\n' \
      "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
      "$(free -h --si | awk '/^Mem/ { print $2 }')" "$(uname -sr)"
    printf '\n## What is proved, and by how much\n\n'
    figures_to_publish
    while IFS='|' read -r name heading command; do
      read -r name <<<"$name"; read -r heading <<<"$heading"
      printf '\n## %s\n\n' "$heading"
      cat "docs/proof/$name.md" 2>/dev/null || echo "Not run yet: \`./dev proof $name\`."
      case "$name" in
        seeds) seeds_so_far ;;
        crash) crashes_so_far sqlite ;;
        crash-maria) crashes_so_far mariadb ;;
      esac
    done < <(proofs)
  } >docs/proof.md
}
