#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "scrape/source.h"

// The snapshot file: one JSON object.
//
//   {"format": "jmxbridge-snapshot", "version": 1, "target": TEXT, "taken": TEXT,
//    "defaultDomain": TEXT, "beans": [BEAN…]}
//
// BEAN: {"name": the ObjectName as registered, "class": TEXT, "immutable": true,
//        "trouble": TEXT, "attributes": [ATTRIBUTE…]}
//   Without "attributes" it was not described; "trouble" says why it was not, or not read.
// ATTRIBUTE: {"name": TEXT, "type": TEXT, "description": TEXT, "readable": false, and one of
//             "value": VALUE, "lost": WHY with "detail": TEXT, or neither: not read}
// VALUE: null, true, false, an integer, a text, or an object whose first key says what it is:
//   {"double": TEXT}  {"float": TEXT}                    as Java writes them
//   {"bigNumber": TEXT, "double": TEXT}                  "double" where it does not follow
//   {"date": MILLISECONDS, "text": TEXT}                 "text" where toString() is another
//   {"enum": TEXT}  {"array": CLASS}  {"unknownClass": CLASS}
//   {"other": TEXT, "exact": true}                       exact: TEXT is what toString() gives
//   {"composite": TYPE, "description": TEXT, "items": {NAME: VALUE…}}
//   {"tabular": TYPE, "description": of the row type, "index": [NAME…], "rows": [COMPOSITE…]}
// Keys that are false, empty or absent are left out.

namespace jmxbridge {

inline constexpr std::string_view kSnapshotFormat = "jmxbridge-snapshot";
inline constexpr std::int64_t kSnapshotVersion = 1;

/// How a lost value is called in the file.
inline constexpr std::array<std::pair<AttributeLoss, std::string_view>, 4> kLossNames = {
    {{AttributeLoss::kThrew, "threw"},
     {AttributeLoss::kUnknownClass, "unknownClass"},
     {AttributeLoss::kMalformed, "malformed"},
     {AttributeLoss::kLimit, "limit"}}};

}  // namespace jmxbridge
