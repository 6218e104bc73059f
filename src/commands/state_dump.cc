#include "commands/state_dump.h"

#include <fmt/format.h>

#include "base/log.h"

namespace jmxbridge {

std::vector<std::string> state_lines(const TargetStatus& target, std::string_view connections) {
  std::vector<std::string> lines;
  std::string state = target.up ? "up" : "down";
  if (!target.lane.empty()) state += fmt::format(" on the {} lane", printable(target.lane));
  if (target.scraping) state += ", a scrape is under way";
  lines.push_back(fmt::format(
      "State: target {} is {}; {} beans, {} samples; {} scrapes, the last took {} ms; {} sessions "
      "opened.",
      printable(target.name), state, target.beans, target.samples, target.scrapes,
      target.last_duration.count(), target.sessions_opened));
  if (!target.lane_reason.empty()) {
    lines.push_back(fmt::format("State: the {} lane serves: {}", printable(target.lane),
                                printable(target.lane_reason)));
  }
  if (!target.last_error.empty()) {
    lines.push_back("State: last error: " + printable(target.last_error));
  }
  for (const std::string& bean : target.set_aside_beans) {
    lines.push_back("State: set aside: " + printable(bean));
  }
  while (!connections.empty()) {
    const std::size_t end = connections.find('\n');
    if (end != 0) lines.push_back("State: " + printable(connections.substr(0, end)));
    connections.remove_prefix(end == std::string_view::npos ? connections.size() : end + 1);
  }
  return lines;
}

}  // namespace jmxbridge
