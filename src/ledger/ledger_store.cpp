#include "src/ledger/ledger_store.h"

#include "src/db/lock_ranks.h"

namespace huiqiao::ledger::store {

const db::Claim kAccountClaim{
    {"account", "id, kind, owner, currency, side, normal, guarded, balance_minor, held_minor", "ttttttiii"}, true};
const db::LockTable kAccountLock{db::lock_rank::kAccount, "SELECT id FROM account WHERE id IN (:list) ORDER BY id"};
const db::Update kAccountMove{"account", "id", "+balance_minor, +held_minor", "tii"};
const db::Select kBalancesOf{"SELECT id, balance_minor, held_minor FROM account WHERE id IN (:list)", "tii"};
const db::Select kOverdrawnOf{
    "SELECT id, currency, balance_minor, held_minor FROM account WHERE guarded = 1 AND (balance_minor < 0 OR "
    "balance_minor < held_minor) AND id IN (:list)",
    "ttii"};
const db::Select kAccountPage{
    "SELECT id, kind, owner, currency, side, normal, guarded, balance_minor, held_minor FROM account WHERE id > :p1 "
    "ORDER BY id LIMIT 1000",
    "ttttttiii"};
const db::Select kTrialSums{
    "SELECT currency, kind, CAST(SUM(balance_minor) AS SIGNED), CAST(SUM(held_minor) AS SIGNED), COUNT(*) FROM account "
    "GROUP BY currency, kind ORDER BY currency, kind",
    "ttiii"};
const db::Claim kDigitsClaim{{"currency_digits", "currency, digits", "tt"}, true};
const db::Select kDigits{"SELECT currency, digits FROM currency_digits ORDER BY currency", "tt"};
const db::Select kCurrenciesInUse{"SELECT DISTINCT currency FROM account ORDER BY currency", "t"};

const db::Insert kFactInsert{"entry_fact", "fact_key, entry_id", "tt"};
const db::Select kFactsOf{"SELECT fact_key, entry_id FROM entry_fact WHERE fact_key IN (:list)", "tt"};
const db::Insert kEntryInsert{"journal_entry",
                              "id, slot, seq, prev_hash, hash, booked_at, occurred_at, business_date, value_date, "
                              "source_type, source_id, kind, actor, request_id, reverses, reason",
                              "tiittiiiittttttt"};
const db::Insert kPostingInsert{"posting", "entry_id, line_no, account_id, direction, amount_minor, currency",
                                "tittit"};
const db::Select kEntryById{
    "SELECT id, slot, seq, prev_hash, hash, booked_at, occurred_at, business_date, value_date, source_type, source_id, "
    "kind, actor, request_id, reverses, reason FROM journal_entry WHERE id = :p1",
    "tiittiiiittttttt"};
const db::Select kEntryPage{
    "SELECT id, slot, seq, prev_hash, hash, booked_at, occurred_at, business_date, value_date, source_type, source_id, "
    "kind, actor, request_id, reverses, reason FROM journal_entry WHERE slot = :p1 AND seq > :p2 ORDER BY seq LIMIT "
    "500",
    "tiittiiiittttttt"};
const db::Select kPostingsOf{
    "SELECT entry_id, line_no, account_id, direction, amount_minor, currency FROM posting WHERE entry_id IN (:list) "
    "ORDER BY entry_id, line_no",
    "tittit"};
const db::Select kFactByKey{"SELECT entry_id FROM entry_fact WHERE fact_key = :p1", "t"};
const db::Select kSlots{"SELECT number, seq, head, expires_at, passed_at FROM writer_slot ORDER BY number", "iitii"};
const db::Select kJournalSlots{"SELECT DISTINCT slot FROM journal_entry ORDER BY slot", "i"};
const db::Select kCounts{
    "SELECT (SELECT COUNT(*) FROM journal_entry), (SELECT COUNT(*) FROM posting), (SELECT COUNT(*) FROM entry_fact)",
    "iii"};
const db::Select kOrphanPostings{
    "SELECT p.entry_id, p.line_no FROM posting p LEFT JOIN journal_entry e ON e.id = p.entry_id WHERE e.id IS NULL "
    "LIMIT 100",
    "ti"};
const db::Select kOrphanFacts{
    "SELECT f.fact_key, f.entry_id FROM entry_fact f LEFT JOIN journal_entry e ON e.id = f.entry_id WHERE e.id IS NULL "
    "LIMIT 100",
    "tt"};

const db::Insert kHoldInsert{"hold",
                             "id, account_id, amount_minor, currency, subject_kind, subject_id, state, opened_at, "
                             "open_account_id",
                             "ttittttiT"};
const db::Select kHoldsOf{"SELECT id, account_id, amount_minor, state FROM hold WHERE id IN (:list)", "ttit"};
const db::Select kOpenHold{
    "SELECT account_id, amount_minor, currency, subject_kind, subject_id FROM hold WHERE id = :p1 AND state = 'open'",
    "tittt"};
const db::Update kHoldClose{"hold", "id", "state, entry_id, closed_at, open_account_id", "tttiT"};
const db::Select kOpenHoldPage{
    "SELECT open_account_id, CAST(SUM(amount_minor) AS SIGNED) FROM hold WHERE open_account_id > :p1 GROUP BY "
    "open_account_id ORDER BY open_account_id LIMIT 1000",
    "ti"};
const db::Insert kStopInsert{"payout_stop", "currency, reason, stopped_at", "tti"};
const db::Command kStopDelete{"DELETE FROM payout_stop WHERE currency = :p1"};
const db::Select kStops{"SELECT currency, reason FROM payout_stop ORDER BY currency", "tt"};

const db::Insert kAnchorInsert{"anchor", "id, slot, seq, head, anchored_at, reason, line", "tiititt"};
const db::Select kLastAnchors{"SELECT slot, MAX(seq) FROM anchor GROUP BY slot ORDER BY slot", "ii"};
const db::Select kLastAnchorTime{"SELECT COALESCE((SELECT anchored_at FROM anchor ORDER BY id DESC LIMIT 1), 0)", "i"};
const db::Claim kAnchorFileClaim{{"anchor_file", "id, host, path, lines_held, seen_at", "tttii"}};
const db::LockTable kAnchorFileLock{db::lock_rank::kAnchorFile,
                                    "SELECT id FROM anchor_file WHERE id IN (:list) ORDER BY id"};
const db::Select kHeldBefore{"SELECT lines_held FROM anchor_file WHERE id = :p1", "i"};
const db::Command kHold{"UPDATE anchor_file SET lines_held = :p2, seen_at = :p3 WHERE id = :p1"};
const db::Select kAnchorPage{"SELECT id, line FROM anchor WHERE id > :p1 ORDER BY id LIMIT 1000", "tt"};
const db::Insert kDayBalanceInsert{"day_balance",
                                   "account_id, business_date, debits_minor, credits_minor, "
                                   "balance_minor",
                                   "tiiii"};
const db::Insert kDaySealInsert{"day_seal", "business_date, closed_at, complete_at, entries, manifest_hash, line",
                                "iiiitt"};
const db::Insert kDayHeadInsert{"day_head", "business_date, slot, seq, head", "iiit"};
const db::Select kSealAtDate{
    "SELECT business_date, closed_at, complete_at, entries, manifest_hash, line FROM day_seal WHERE business_date <= "
    ":p1 ORDER BY business_date DESC LIMIT 1",
    "iiiitt"};
const db::Select kSealAtInstant{
    "SELECT business_date, closed_at, complete_at, entries, manifest_hash, line FROM day_seal WHERE complete_at <= :p1 "
    "ORDER BY business_date DESC LIMIT 1",
    "iiiitt"};
const db::Select kSeals{
    "SELECT business_date, closed_at, complete_at, entries, manifest_hash, line FROM day_seal ORDER BY business_date",
    "iiiitt"};
const db::Select kDayHeads{"SELECT slot, seq, head FROM day_head WHERE business_date = :p1 ORDER BY slot", "iit"};
const db::Select kDayTotals{
    "SELECT p.account_id, CAST(SUM(CASE WHEN p.direction = 'debit' THEN p.amount_minor ELSE 0 END) AS SIGNED), "
    "CAST(SUM(CASE WHEN p.direction = 'credit' THEN p.amount_minor ELSE 0 END) AS SIGNED) FROM journal_entry e JOIN "
    "posting p ON p.entry_id = e.id WHERE e.slot = :p1 AND e.seq > :p2 AND e.seq <= :p3 GROUP BY p.account_id ORDER BY "
    "p.account_id",
    "tii"};
const db::Select kDayEntries{"SELECT COUNT(*) FROM journal_entry WHERE slot = :p1 AND seq > :p2 AND seq <= :p3", "i"};
const db::Select kBalancesBeforeDay{
    "SELECT d.account_id, d.balance_minor FROM day_balance d WHERE d.business_date = (SELECT MAX(b.business_date) FROM "
    "day_balance b WHERE b.account_id = d.account_id AND b.business_date < :p1) AND d.account_id IN (:list)",
    "ti"};
const db::Select kDayBalancePage{
    "SELECT account_id, debits_minor, credits_minor, balance_minor FROM day_balance WHERE business_date = :p1 AND "
    "account_id > :p2 ORDER BY account_id LIMIT 1000",
    "tiii"};
const db::Select kSince{
    "SELECT p.direction, CAST(SUM(p.amount_minor) AS SIGNED) FROM posting p JOIN journal_entry e ON e.id = p.entry_id "
    "WHERE p.account_id = :p1 AND p.entry_id >= :p2 AND e.business_date > :p3 AND e.booked_at <= :p4 GROUP BY "
    "p.direction",
    "ti"};
const db::Select kBridges{
    "SELECT DISTINCT currency FROM account WHERE kind IN ('due_to_own', 'due_from_own') ORDER BY currency", "t"};

}  // namespace huiqiao::ledger::store
