#pragma once
// The SQL of the books (src/db/schema/010_ledger.sql). Private to this room.

#include "src/db/statement.h"

namespace huiqiao::ledger::store {

// Accounts.
extern const db::Claim kAccountClaim;  // id, kind, owner, currency, side, normal, guarded, balance, held
extern const db::LockTable kAccountLock;
extern const db::Update kAccountMove;  // id, +balance, +held
extern const db::Select kBalancesOf;   // id, balance, held
extern const db::Select kOverdrawnOf;  // id, currency, balance, held: guarded and short
extern const db::Select kAccountPage;  // every column of accounts behind :p1
extern const db::Select kTrialSums;    // currency, kind, balances, held, how many
extern const db::Claim kDigitsClaim;   // currency, digits
extern const db::Select kDigits;
extern const db::Select kCurrenciesInUse;

// Journal.
extern const db::Insert kFactInsert;
extern const db::Select kFactsOf;  // fact_key, entry_id
extern const db::Insert kEntryInsert;
extern const db::Insert kPostingInsert;
extern const db::Select kEntryById;   // kEntryColumns of them
extern const db::Select kEntryPage;   // of slot :p1 behind seq :p2, 500 at most
extern const db::Select kPostingsOf;  // entry_id, line_no, account_id, direction, amount, currency
extern const db::Select kFactByKey;
extern const db::Select kSlots;  // number, seq, head, expires_at, passed_at
extern const db::Select kJournalSlots;
extern const db::Select kCounts;          // entries, postings, facts
extern const db::Select kOrphanPostings;  // entry_id, line_no: at most 100 without an entry
extern const db::Select kOrphanFacts;     // fact_key, entry_id: at most 100 without their entry

// Holds and stops.
extern const db::Insert kHoldInsert;
extern const db::Select kHoldsOf;       // id, account_id, amount, state
extern const db::Select kOpenHold;      // account_id, amount, currency, subject_kind, subject_id of :p1
extern const db::Update kHoldClose;     // id, state, entry_id, closed_at, open_account_id
extern const db::Select kOpenHoldPage;  // account_id, sum: 500 accounts behind :p1
extern const db::Insert kStopInsert;
extern const db::Command kStopDelete;
extern const db::Select kStops;

// Anchors, seals, past balances.
extern const db::Insert kAnchorInsert;
extern const db::Select kLastAnchors;  // slot, seq
extern const db::Select kLastAnchorTime;
extern const db::Claim kAnchorFileClaim;  // id, host, path, lines held, seen at
extern const db::LockTable kAnchorFileLock;
extern const db::Select kHeldBefore;  // lines held
extern const db::Command kHold;       // of :p1 are :p2 lines, at :p3
extern const db::Select kAnchorPage;  // id, line: behind id :p1
extern const db::Insert kDayBalanceInsert;
extern const db::Insert kDaySealInsert;
extern const db::Insert kDayHeadInsert;
extern const db::Select kSealAtDate;
extern const db::Select kSealAtInstant;
extern const db::Select kSeals;
extern const db::Select kDayHeads;           // slot, seq, head of date :p1
extern const db::Select kDayTotals;          // account_id, debits, credits of slot :p1, seq in (:p2, :p3]
extern const db::Select kDayEntries;         // how many, in the same range
extern const db::Select kBalancesBeforeDay;  // account_id, balance at its last date before :p1
extern const db::Select kDayBalancePage;     // account_id, debits, credits, balance of date :p1 behind :p2
extern const db::Select kSince;    // direction, sum: account :p1, entry ids from :p2, dates after :p3, booked up to :p4
extern const db::Select kBridges;  // currencies that have one

}  // namespace huiqiao::ledger::store
