#include "scrape/target.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "scrape/changeover.h"
#include "scrape/endpoint.h"
#include "scrape/layout.h"
#include "scrape/plan.h"
#include "scrape/reader.h"
#include "scrape/result_pool.h"
#include "scrape/self_metrics.h"

namespace jmxbridge {
namespace {

using Clock = std::chrono::steady_clock;

/// What a bean that was set aside gets for each try in the background.
constexpr std::chrono::seconds kRetryTime{5};
/// MBeans times rules, with something for the MBeans themselves, up to which a plan is made within
/// the scrape that needs it: some tens of milliseconds at most.
constexpr std::size_t kPlannedAtOnce = 100'000;
constexpr std::size_t kRulesPerBean = 10;
/// How long close() waits for a read under way.
constexpr std::chrono::seconds kCloseTime{2};

}  // namespace

/// One read and those who wait for it.
struct Flight {
  Deadline deadline;
  bool finished = false;
  bool left = false;  ///< it reads a target that is not wanted any more, and nobody waits for it
  bool complete = false;
  ReadReport report;
  Clock::time_point start = Clock::now();
  std::shared_ptr<const ScrapeResult> result;
  std::vector<std::shared_ptr<asio::steady_timer>> waiters;
  std::unique_ptr<Plan> plan;  ///< once left, until its read ends

  void wake() {
    for (const auto& waiter : waiters) waiter->cancel();
  }
};

class Target::Scraper : public std::enable_shared_from_this<Target::Scraper> {
 public:
  Scraper(const asio::io_context::executor_type& executor, std::string name, Connector& connector,
          Endpoint endpoint, std::shared_ptr<const Snapshot> snapshot, ProcessCounters& counters,
          const LaneSettings& lanes)
      : strand_(asio::make_strand(executor)),
        name_(std::move(name)),
        connector_(connector),
        endpoint_(std::move(endpoint)),
        lanes_(lanes),
        counters_(counters),
        changeover_(std::make_shared<Changeover>(strand_, Limits{})) {
    status_.name = name_;
    make_reader(snapshot->config);
    changeover_->take(std::move(snapshot));
  }

  const asio::strand<asio::io_context::executor_type>& strand() const { return strand_; }

  void use(std::shared_ptr<const Snapshot> snapshot) {
    const std::size_t beans = reader_->inventory().beans().size();
    const std::size_t work = beans * (snapshot->rules->size() + kRulesPerBean);
    const bool moves = plan_ && moves_to(*snapshot);
    if (!plan_ || work <= kPlannedAtOnce || moves) {
      changeover_->take(std::move(snapshot));
      if (moves && flight_) leave_flight();
      return;
    }
    Changeover::Beans known;
    known.reserve(beans);
    for (const auto& [name, bean] : reader_->inventory().beans()) {
      known.emplace_back(name, bean.info);
    }
    changeover_->prepare(std::move(snapshot), std::move(known));
  }

  asio::awaitable<void> settled() {
    const std::shared_ptr<Scraper> keep = shared_from_this();
    co_await changeover_->settled();
  }

  asio::awaitable<std::shared_ptr<const ScrapeResult>> scrape(Deadline deadline) {
    const std::shared_ptr<Scraper> keep = shared_from_this();
    const Snapshot* const due = changeover_->due();
    const std::optional<std::int32_t> timeout =
        (due != nullptr ? *due : *snapshot_).config.scrape_timeout_seconds;
    const Deadline leave_at =
        timeout ? std::min(deadline, Clock::now() + std::chrono::seconds(*timeout)) : deadline;
    while (true) {
      const std::shared_ptr<Flight> flight = co_await join(deadline);
      // A read that began before the configuration changed ends with the old one.
      const bool was_outdated = changeover_->due() != nullptr;
      co_await wait(*flight, leave_at);
      if (flight->left && Clock::now() < leave_at && !closing_) continue;
      if (!flight->finished) {
        if (leave_at < deadline) co_return late_result();
        const ReadReport report = flight->left ? ReadReport() : flight->report;
        co_return assemble(report, flight->start);
      }
      // A read that was started for a caller with less time may end before this one must leave.
      const bool was_cut_short = !flight->complete && flight->deadline < deadline;
      const bool is_wanted = !was_cut_short && !was_outdated;
      if (is_wanted || Clock::now() >= leave_at || closing_) co_return flight->result;
    }
  }

  TargetStatus status() const {
    const std::lock_guard<std::mutex> lock(status_mutex_);
    return status_;
  }

  asio::awaitable<void> close() {
    const std::shared_ptr<Scraper> keep = shared_from_this();
    closing_ = true;
    changeover_->stop();
    reader_->abort();
    const Deadline deadline = Clock::now() + kCloseTime;
    while ((flight_ || retrying_) && Clock::now() < deadline) {
      asio::steady_timer pause(strand_, std::chrono::milliseconds(20));
      co_await pause.async_wait(asio::use_awaitable);
    }
    if (!flight_ && !retrying_) reader_->close();
  }

 private:
  /// The read under way, or one that is started now.
  asio::awaitable<std::shared_ptr<Flight>> join(Deadline deadline) {
    while (!flight_ && retrying_) {
      reader_->abort();
      asio::steady_timer pause(strand_, std::chrono::milliseconds(2));
      co_await pause.async_wait(asio::use_awaitable);
    }
    if (flight_) co_return flight_;
    // A read that never waits is over, and flight_ empty again, when co_spawn returns.
    auto flight = std::make_shared<Flight>();
    flight->deadline = deadline;
    flight_ = flight;
    asio::co_spawn(strand_, fly(shared_from_this(), flight), asio::detached);
    co_return flight;
  }

  asio::awaitable<void> wait(Flight& flight, Deadline until) {
    if (flight.finished || flight.left) co_return;
    auto timer = std::make_shared<asio::steady_timer>(strand_, until);
    flight.waiters.push_back(timer);
    boost::system::error_code ignored;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    std::erase(flight.waiters, timer);
  }

  static asio::awaitable<void> fly(std::shared_ptr<Scraper> self, std::shared_ptr<Flight> flight) {
    self->apply_snapshot();
    self->changeover_->read_begins();
    self->note_start();
    self->plan_->begin(flight->deadline);
    const std::shared_ptr<Reader> reader = self->reader_;
    try {
      co_await reader->read(*self->plan_, flight->deadline, flight->report);
    } catch (const std::exception& error) {
      flight->report.failed = true;
      flight->report.error =
          "The scrape failed inside the daemon: " + printable(error.what()) + ".";
    }
    if (flight->left) co_return;
    flight->complete = flight->report.complete && !self->plan_->was_late();
    flight->result = self->assemble(flight->report, flight->start);
    if (flight->complete) {
      self->last_complete_ = flight->result;
      self->last_complete_facts_ = self->last_facts_;
    }
    self->note_end(*flight);
    flight->finished = true;
    self->flight_.reset();
    self->changeover_->read_ends();
    flight->wake();
    self->start_retry();
  }

  /// Who waits for a read of the target before goes on with the next one: the target before may
  /// stand still. Its read ends by itself, at its deadline at the latest, with what it reads into.
  void leave_flight() {
    const std::shared_ptr<Flight> flight = std::exchange(flight_, nullptr);
    flight->left = true;
    flight->plan = std::move(plan_);
    reader_->abort();
    changeover_->read_ends();
    apply_snapshot();
    {
      const std::lock_guard<std::mutex> lock(status_mutex_);
      status_.scraping = false;
    }
    flight->wake();
  }

  void start_retry() {
    if (closing_ || retrying_ || reader_->set_aside().due(Clock::now()).empty()) return;
    retrying_ = true;
    asio::co_spawn(strand_, retry(shared_from_this()), asio::detached);
  }

  static asio::awaitable<void> retry(std::shared_ptr<Scraper> self) {
    co_await self->reader_->retry_set_aside(*self->plan_, kRetryTime);
    self->retrying_ = false;
  }

  /// True if the snapshot's target is another one than that of the snapshot in use.
  bool moves_to(const Snapshot& next) const {
    return endpoint_.kind == Endpoint::Kind::kRemote &&
           !leads_to_same(next.config, snapshot_->config);
  }

  /// Another address, login or TLS: nothing that was known holds, and the session is closed.
  void make_reader(const CollectorConfig& config) {
    if (reader_) sessions_before_ += reader_->sessions_opened();
    Endpoint endpoint = endpoint_;
    if (endpoint.kind == Endpoint::Kind::kRemote) lead_to(config, endpoint);
    reader_ = std::make_shared<Reader>(connector_, std::move(endpoint), lanes_, Limits{});
  }

  void apply_snapshot() {
    std::optional<Successor> next = changeover_->take_due();
    if (!next) return;
    const bool is_first = !snapshot_;
    if (is_first || moves_to(*next->snapshot)) make_reader(next->snapshot->config);
    if (!next->plan) {
      next->plan = std::make_unique<Plan>(next->snapshot, Limits{}, SelfMetrics::kNumbers);
    }
    // A large one takes a while to be taken down, and no scrape waits for that.
    asio::post(strand_.get_inner_executor(),
               [old = std::exchange(plan_, std::move(next->plan))] {});
    layout_ = Layout();
    last_complete_.reset();
    reader_->forget_plan(is_first || !take_same_beans(next->snapshot->config, snapshot_->config));
    snapshot_ = std::move(next->snapshot);
  }

  /// A page with what the plan holds now.
  std::shared_ptr<const ScrapeResult> assemble(const ReadReport& report, Clock::time_point start) {
    apply_snapshot_if_first();
    const Clock::time_point begin = Clock::now();
    Losses::Outcome lost = plan_->take_losses();
    ScrapeFacts facts = facts_of(report);
    facts.failed = facts.failed || lost.failed;
    Numbers& numbers = plan_->numbers();
    const std::span<double> own(numbers.values.data(), SelfMetrics::kNumbers);
    const bool own_changed = self_.update(facts, counters_, own);
    Layout::Outcome laid_out = layout_.update(*plan_, self_.families(), own_changed);
    if (!laid_out.first_reason.empty()) lost.reasons.push_back(std::move(laid_out.first_reason));
    for (const std::string& reason : lost.reasons) log::warn("{}: {}", name_, printable(reason));
    facts.failed = facts.failed || laid_out.failed;
    facts.samples = layout_.samples();
    const Clock::time_point end = Clock::now();
    facts.seconds = std::chrono::duration<double>(end - start).count();
    facts.phase_seconds[static_cast<std::size_t>(Phase::kAssemble)] =
        std::chrono::duration<double>(end - begin).count();
    self_.update(facts, counters_, own);
    last_facts_ = std::move(facts);
    const std::shared_ptr<ScrapeResult> result = results_->take();
    result->page = layout_.page();
    result->values = numbers.values;
    return result;
  }

  /// Specification 3.5.3: the last complete result, else the daemon's own families alone.
  std::shared_ptr<const ScrapeResult> late_result() {
    counters_.scrape_timeouts.fetch_add(1, std::memory_order_relaxed);
    apply_snapshot_if_first();
    std::vector<double> values =
        last_complete_ ? last_complete_->values : std::vector<double>(SelfMetrics::kNumbers);
    // The places of the daemon's own numbers follow from the facts that the page was made with.
    ScrapeFacts facts = last_complete_ ? last_complete_facts_ : last_facts_;
    facts.process = read_process_stats();
    SelfMetrics own;
    own.update(facts, counters_, std::span<double>(values.data(), SelfMetrics::kNumbers));
    std::shared_ptr<const Page> page =
        last_complete_ ? last_complete_->page : std::make_shared<const Page>(own.families());
    return std::make_shared<const ScrapeResult>(ScrapeResult{std::move(page), std::move(values)});
  }

  void apply_snapshot_if_first() {
    if (!plan_) apply_snapshot();
  }

  ScrapeFacts facts_of(const ReadReport& report) {
    ScrapeFacts facts;
    facts.up = report.up;
    facts.failed = report.failed || !report.up || report.beans_missing > 0;
    facts.phase_seconds = report.phase_seconds;
    if (const Lanes* const lanes = reader_->lanes()) {
      facts.lane = lanes->name();
      facts.lane_reason = lanes->reason();
    }
    facts.sessions_opened = sessions_before_ + reader_->sessions_opened();
    facts.beans = static_cast<std::uint32_t>(plan_->beans().size());
    facts.beans_missing = report.beans_missing;
    facts.cached_beans = plan_->cached_slots();
    facts.set_aside = reader_->set_aside().texts();
    facts.pushes = snapshot_->config.open_telemetry.has_value();
    facts.certificate_expires_at_s = counters_.http_certificate_expires_at_s;
    facts.process = read_process_stats();
    return facts;
  }

  void note_start() {
    const std::lock_guard<std::mutex> lock(status_mutex_);
    status_.scraping = true;
  }

  void note_end(const Flight& flight) {
    const ReadReport& report = flight.report;
    const bool turned = !was_up_ || *was_up_ != report.up;
    if (turned && report.up) log::info("{}: connected, {} MBeans.", name_, plan_->beans().size());
    const bool is_news = turned || (report.up ? last_error_.empty() : report.error != last_error_);
    if (is_news && !report.error.empty()) log::warn("{}: {}", name_, report.error);
    was_up_ = report.up;
    last_error_ = report.error;
    const std::lock_guard<std::mutex> lock(status_mutex_);
    status_.up = report.up;
    status_.lane = last_facts_.lane;
    status_.lane_reason = last_facts_.lane_reason;
    status_.portable_beans = reader_->lanes() != nullptr ? reader_->lanes()->portable_beans() : 0;
    status_.last_error = report.error;
    status_.beans = last_facts_.beans;
    status_.samples = layout_.samples();
    status_.last_duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - flight.start);
    ++status_.scrapes;
    status_.sessions_opened = last_facts_.sessions_opened;
    status_.scraping = false;
    status_.set_aside_beans = last_facts_.set_aside;
  }

  // Not of a type-erased executor: asking one for its properties takes memory at each scrape.
  asio::strand<asio::io_context::executor_type> strand_;
  std::string name_;
  Connector& connector_;
  const Endpoint endpoint_;  ///< its kind and dial
  const LaneSettings lanes_;
  std::shared_ptr<Reader> reader_;     ///< of the target of snapshot_
  std::uint64_t sessions_before_ = 0;  ///< opened by readers before this one
  ProcessCounters& counters_;
  const std::shared_ptr<Changeover> changeover_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::unique_ptr<Plan> plan_;
  Layout layout_;
  SelfMetrics self_;
  const std::shared_ptr<ResultPool> results_ = std::make_shared<ResultPool>();
  ScrapeFacts last_facts_;           ///< of the page that was made last
  ScrapeFacts last_complete_facts_;  ///< of last_complete_
  std::shared_ptr<const ScrapeResult> last_complete_;
  std::shared_ptr<Flight> flight_;
  bool retrying_ = false;
  bool closing_ = false;
  std::optional<bool> was_up_;
  std::string last_error_;
  mutable std::mutex status_mutex_;
  TargetStatus status_;
};

Target::Target(const asio::io_context::executor_type& executor, std::string name,
               Connector& connector, Endpoint endpoint, std::shared_ptr<const Snapshot> snapshot,
               ProcessCounters& counters, const LaneSettings& lanes)
    : scraper_(std::make_shared<Scraper>(executor, std::move(name), connector, std::move(endpoint),
                                         std::move(snapshot), counters, lanes)) {}

Target::~Target() = default;

asio::awaitable<std::shared_ptr<const ScrapeResult>> Target::scrape(Deadline deadline) {
  co_return co_await asio::co_spawn(scraper_->strand(), scraper_->scrape(deadline),
                                    asio::use_awaitable);
}

void Target::use(std::shared_ptr<const Snapshot> snapshot) {
  asio::post(scraper_->strand(), [scraper = scraper_, snapshot = std::move(snapshot)]() mutable {
    scraper->use(std::move(snapshot));
  });
}

asio::awaitable<void> Target::settled() {
  co_await asio::co_spawn(scraper_->strand(), scraper_->settled(), asio::use_awaitable);
}

TargetStatus Target::status() const { return scraper_->status(); }

asio::awaitable<void> Target::close() {
  co_await asio::co_spawn(scraper_->strand(), scraper_->close(), asio::use_awaitable);
}

}  // namespace jmxbridge
