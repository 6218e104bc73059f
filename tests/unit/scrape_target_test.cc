#include "scrape/target.h"

#include <malloc.h>

#include <catch2/catch.hpp>

#include "count_allocations.h"
#include "scrape_bench.h"

namespace jmxbridge {
namespace {

using std::chrono::milliseconds;

/// Beans with plain attributes, a text and a table.
void add_kinds(FakeServer& server) {
  for (int i = 0; i < 50; ++i) {
    server.add("kafka:type=Log,partition=" + std::to_string(i),
               {{"Size", integer_value(i)}, {"Rate", double_value(i / 2.0)}});
  }
  server.add("a:type=Table",
             {{"Text", text_value("not a number")},
              {"Rows", server.store.table({"key"}, {server.store.composite(
                                                       "row", {{"key", text_value("one")},
                                                               {"value", integer_value(1)}})})}});
}

}  // namespace

TEST_CASE("target: the second scrape is one changes and one fetch, without a regex match",
          "[scrape]") {
  ServedTarget fake;
  add_kinds(fake.server);
  const std::string first = fake.scrape();
  CHECK(has_line(first, "kafka_Log_Size{partition=\"7\"} 7.0"));
  CHECK(has_line(first, "a_Table_Rows{key=\"one\"} 1.0"));
  CHECK(fake.take_log() == Log{"open service:jmx:rmi:///jndi/rmi://127.0.0.1:1/jmxrmi", "changes",
                               "query *:*", "describe 51", "fetch 51"});

  fake.server.value("kafka:type=Log,partition=7", "Size") = integer_value(70);
  const std::uint64_t regex_runs = RuleSet::regex_runs();
  const std::string second = fake.scrape();
  CHECK(fake.take_log() == Log{"changes", "fetch 51"});
  CHECK(RuleSet::regex_runs() == regex_runs);
  CHECK(has_line(second, "kafka_Log_Size{partition=\"7\"} 70.0"));
  CHECK(has_line(second, "kafka_Log_Size{partition=\"8\"} 8.0"));
}

TEST_CASE("target: a steady scrape allocates nothing", "[scrape][allocations]") {
  ServedTarget fake;
  add_kinds(fake.server);
  fake.server.log.reserve(100);
  fake.server.on_changes = [] { on_this_thread = 0; };
  const auto scrapes = [](FakeServer& server, Target& target,
                          std::vector<std::size_t>& counts) -> asio::awaitable<void> {
    std::string body;
    for (int i = 0; i < 12; ++i) {
      server.value("kafka:type=Log,partition=7", "Size") = integer_value(70 + i);
      const Deadline deadline = std::chrono::steady_clock::now() + milliseconds(60000);
      const std::shared_ptr<const ScrapeResult> result = co_await target.scrape(deadline);
      body.clear();
      result->page->render(Format::kText, result->values, body);
      const std::size_t count = on_this_thread;
      counts.push_back(count);
      CHECK(has_line(body, "kafka_Log_Size{partition=\"7\"} " + std::to_string(70 + i) + ".0"));
    }
  };
  std::vector<std::size_t> counts;
  fake.bench.run(scrapes(fake.server, fake.bench.target(), counts));
  REQUIRE(counts.size() == 12);
  CHECK(counts.front() > 500);
  for (auto count = counts.begin() + 4; count != counts.end(); ++count) CHECK(*count == 0);
}

#if JMXBRIDGE_COUNTS_MALLOC
TEST_CASE("target: what is remembered of a sample is small", "[scrape]") {
  ServedTarget fake;
  constexpr std::size_t kBeans = 2000;
  const std::string topic = "a-topic-whose-name-is-longer-than-most";
  for (std::size_t i = 0; i < kBeans; ++i) {
    fake.server.add(
        "kafka.log:type=Log,name=Size,topic=" + topic + ",partition=" + std::to_string(i),
        {{"Value", integer_value(1)}, {"Rate", double_value(0.5)}});
  }
  const std::size_t before = ::mallinfo2().uordblks;
  const std::shared_ptr<const ScrapeResult> result = fake.bench.finish(fake.bench.start());
  CHECK(result->values.size() >= 2 * kBeans);
  const std::size_t bytes = (::mallinfo2().uordblks - before) / (2 * kBeans);
  CAPTURE(bytes);
  // Half a name, labels, slot, place on the page and number; and what the fake server keeps.
  CHECK(bytes < 1000);
}
#endif

TEST_CASE("target: rules with a pattern are matched once for numbers", "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("kafka<type=(\\w+), partition=(\\d+)><>Size", "log_size_$2")};
  ServedTarget fake(config);
  fake.server.add("kafka:type=Log,partition=3", {{"Size", integer_value(4)}});
  CHECK(samples(fake.scrape()) == Lines{"log_size_3 4.0"});
  const std::uint64_t regex_runs = RuleSet::regex_runs();
  fake.server.value("kafka:type=Log,partition=3", "Size") = integer_value(5);
  CHECK(samples(fake.scrape()) == Lines{"log_size_3 5.0"});
  CHECK(RuleSet::regex_runs() == regex_runs);
}

TEST_CASE("target: beans that appear, go or are registered again are right in the next scrape",
          "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0"});
  fake.take_log();

  fake.server.add("d:type=B", {{"Y", integer_value(2)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0", "d_B_Y 2.0"});
  CHECK(fake.take_log() == Log{"changes", "describe 1", "fetch 2"});

  fake.server.add("d:type=A", {{"Z", integer_value(3)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_Z 3.0", "d_B_Y 2.0"});

  fake.server.remove("d:type=A");
  CHECK(samples(fake.scrape()) == Lines{"d_B_Y 2.0"});
  fake.take_log();
  CHECK(samples(fake.scrape()) == Lines{"d_B_Y 2.0"});
  CHECK(fake.take_log() == Log{"changes", "fetch 1"});
}

TEST_CASE("target: where nobody may listen, names are queried and infos are watched", "[scrape]") {
  ServedTarget fake;
  fake.server.listening = false;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0"});
  fake.take_log();
  fake.server.add("d:type=A", {{"Z", integer_value(3)}});
  fake.server.add("d:type=B", {{"Y", integer_value(2)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_Z 3.0", "d_B_Y 2.0"});
  CHECK(fake.take_log() == Log{"changes", "query *:*", "describe 1", "fetch 2", "fetch 1"});
}

TEST_CASE("target: an info that changes in place is seen in the same scrape", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.beans.at(name_of("d:type=A")).info.immutable = false;
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0"});
  FakeServer::Bean& bean = fake.server.beans.at(name_of("d:type=A"));
  bean.info.attributes.push_back({"New", "long", "added", true});
  bean.values["New"] = integer_value(9);
  CHECK(samples(fake.scrape()) == Lines{"d_A_New 9.0", "d_A_X 1.0"});
  fake.take_log();
  CHECK(samples(fake.scrape()) == Lines{"d_A_New 9.0", "d_A_X 1.0"});
  CHECK(fake.take_log() == Log{"changes", "fetch 1"});
}

TEST_CASE("target: nulls, lost attributes and rows come and go", "[scrape]") {
  ServedTarget fake;
  ValueStore& store = fake.server.store;
  const auto row = [&](std::string_view key, int number) {
    return store.composite("row", {{"key", text_value(key)}, {"value", integer_value(number)}});
  };
  fake.server.add("d:type=A", {{"N", integer_value(1)},
                               {"T", store.table({"key"}, {row("a", 1), row("b", 2)})}});
  CHECK(samples(fake.scrape()) ==
        Lines{"d_A_N 1.0", "d_A_T{key=\"a\"} 1.0", "d_A_T{key=\"b\"} 2.0"});
  fake.server.value("d:type=A", "N") = Value{};
  fake.server.value("d:type=A", "T") = store.table({"key"}, {row("b", 3), row("c", 4)});
  CHECK(samples(fake.scrape()) == Lines{"d_A_T{key=\"b\"} 3.0", "d_A_T{key=\"c\"} 4.0"});
  fake.server.beans.at(name_of("d:type=A")).values.erase("T");
  CHECK(samples(fake.scrape()).empty());
  fake.server.value("d:type=A", "T") = store.table({"key"}, {row("a", 5)});
  fake.server.value("d:type=A", "N") = integer_value(6);
  CHECK(samples(fake.scrape()) == Lines{"d_A_N 6.0", "d_A_T{key=\"a\"} 5.0"});
}

TEST_CASE("target: rows that never come back do not pile up", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"T", Value{}}});
  std::size_t size = 0;
  for (int i = 0; i < 1000; ++i) {
    ValueStore store;
    const std::string key = "row" + std::to_string(i);
    fake.server.value("d:type=A", "T") = store.table(
        {"key"}, {store.composite("row", {{"key", text_value(key)}, {"value", integer_value(i)}})});
    size = fake.bench.finish(fake.bench.start())->values.size();
  }
  CHECK(size < 300);
}

TEST_CASE("target: one that is down shows the daemon's own families and comes back", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.refuses = true;
  std::string page = fake.scrape();
  CHECK(samples(page).empty());
  CHECK(has_line(page, "jmx_up 0.0"));
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
  CHECK(fake.status().last_error == "Nothing listens there: start the target.");
  CHECK(!fake.status().up);

  fake.server.refuses = false;
  page = fake.scrape();
  CHECK(samples(page) == Lines{"d_A_X 1.0"});
  CHECK(has_line(page, "jmx_up 1.0"));
  CHECK(has_line(page, "jmx_scrape_error 0.0"));
  CHECK(fake.status().up);
}

TEST_CASE("target: a lost session is opened again within the scrape", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.take_log();
  fake.server.session_lost = true;
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"d_A_X 1.0"});
  CHECK(has_line(page, "jmxbridge_sessions_opened_total 2.0"));
  CHECK(fake.take_log() == Log{"changes", "open service:jmx:rmi:///jndi/rmi://127.0.0.1:1/jmxrmi",
                               "changes", "query *:*", "describe 1", "fetch 1"});
}

TEST_CASE("target: a frozen one ends at the deadline and blames no bean", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.server.frozen = true;
  const auto start = std::chrono::steady_clock::now();
  const std::string page = fake.scrape(milliseconds(60));
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(40'000));
  CHECK(samples(page).empty());
  CHECK(has_line(page, "jmx_up 0.0"));
  fake.server.frozen = false;
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0"});
  CHECK(fake.status().set_aside_beans.empty());
}

TEST_CASE("target: a bean that blocks is set aside and the others are served", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.add("d:type=B", {{"X", integer_value(2)}});
  fake.scrape();
  fake.server.blocked.insert(name_of("d:type=A"));
  std::string page = fake.scrape(milliseconds(500));
  CHECK(samples(page) == Lines{"d_B_X 2.0"});
  CHECK(has_line(page, "jmx_up 1.0"));
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
  CHECK(has_line(page, "jmxbridge_scrape_beans_missing 1.0"));

  fake.take_log();
  const auto start = std::chrono::steady_clock::now();
  page = fake.scrape();
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(40'000));
  CHECK(samples(page) == Lines{"d_B_X 2.0"});
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
  CHECK(has_line(page, "jmxbridge_bean_set_aside{bean=\"d:type=A\"} 1.0"));
  CHECK(fake.take_log() == Log{"changes", "fetch 1"});
  CHECK(fake.status().set_aside_beans == std::vector<std::string>{"d:type=A"});
}

TEST_CASE("target: types and names of a cut scrape are those of the last complete one",
          "[scrape]") {
  CollectorConfig config = plain_config();
  config.rules = {rule("d<type=A><>", "mixed", FamilyType::kCounter),
                  rule("d<type=B><>", "mixed", FamilyType::kGauge)};
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.add("d:type=B", {{"Y", integer_value(2)}});
  fake.scrape();
  fake.server.blocked.insert(name_of("d:type=A"));
  const std::string page = fake.scrape(milliseconds(500));
  CHECK(has_line(page, "# TYPE mixed untyped"));
  CHECK(samples(page) == Lines{"mixed{_objectname=\"d<type=B><>Y\"} 2.0"});
}

TEST_CASE("target: callers at the same time share one read", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.take_log();
  fake.server.fetch_time = milliseconds(50);
  auto one = fake.bench.start();
  auto two = fake.bench.start();
  auto three = fake.bench.start();
  const auto first = fake.bench.finish(std::move(one));
  CHECK(fake.bench.finish(std::move(two)) == first);
  CHECK(fake.bench.finish(std::move(three)) == first);
  CHECK(fake.take_log() == Log{"changes", "fetch 1"});
}

TEST_CASE("target: a caller with more time is not cut short by one with less", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.server.fetch_time = milliseconds(100);
  auto hasty = fake.bench.start(milliseconds(40));
  auto patient = fake.bench.start(milliseconds(60'000));
  const std::string cut = Bench::text(fake.bench.finish(std::move(hasty)));
  CHECK(samples(cut).empty());
  CHECK(has_line(cut, "jmx_scrape_error 1.0"));
  CHECK(samples(Bench::text(fake.bench.finish(std::move(patient)))) == Lines{"d_A_X 1.0"});
}

TEST_CASE("target: after scrapeTimeoutSeconds the last complete result is served", "[scrape]") {
  CollectorConfig config = plain_config();
  config.scrape_timeout_seconds = 1;
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.fetch_time = milliseconds(1200);
  std::string page = fake.scrape(milliseconds(5000));
  CHECK(samples(page).empty());
  CHECK(has_line(page, "jmx_scrape_timeout_total 1.0"));
  while (fake.status().scraping) fake.bench.run_for(milliseconds(10));
  fake.server.value("d:type=A", "X") = integer_value(2);
  page = fake.scrape(milliseconds(5000));
  CHECK(samples(page) == Lines{"d_A_X 1.0"});
  CHECK(has_line(page, "jmx_scrape_timeout_total 2.0"));
  CHECK(has_line(page, "jmx_scrape_error 0.0"));
}

TEST_CASE("target: the last complete result keeps its own numbers in their places", "[scrape]") {
  CollectorConfig config = plain_config();
  config.scrape_timeout_seconds = 1;
  ServedTarget fake(config);
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.server.refuses = true;
  fake.server.session_lost = true;
  CHECK(has_line(fake.scrape(), "jmx_up 0.0"));
  fake.server.refuses = false;
  fake.server.fetch_time = milliseconds(1200);
  fake.bench.counters().http_certificate_expires_at_s = 5;
  const std::string page = fake.scrape(milliseconds(5000));
  CHECK(samples(page) == Lines{"d_A_X 1.0"});
  CHECK(has_line(page, "jmxbridge_http_tls_failures_total 0.0"));
  CHECK(has_line(page, "jmxbridge_target_lane{lane=\"portable\"} 1.0"));
  CHECK(has_line(page, "jmxbridge_sessions_opened_total 1.0"));
  CHECK(has_line(page, "jmxbridge_scrape_beans 1.0"));
  CHECK(has_line(page, "jmxbridge_scrape_samples 1.0"));
  fake.bench.run_for(milliseconds(400));
}

TEST_CASE("target: a bean without a description is left out and flagged until it has one",
          "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.add("d:type=B", {{"X", integer_value(2)}});
  fake.server.undecodable.insert(name_of("d:type=B"));
  for (int scrape = 0; scrape < 2; ++scrape) {
    const std::string page = fake.scrape();
    CHECK(samples(page) == Lines{"d_A_X 1.0"});
    CHECK(has_line(page, "jmx_scrape_error 1.0"));
    CHECK(has_line(page, "jmxbridge_scrape_beans_missing 0.0"));
  }
  fake.server.undecodable.clear();
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"d_A_X 1.0", "d_B_X 2.0"});
  CHECK(has_line(page, "jmx_scrape_error 0.0"));
}

TEST_CASE("target: a bean whose values only another lane could read is flagged", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.add("d:type=B", {{"X", integer_value(2)}});
  CHECK(samples(fake.scrape()) == Lines{"d_A_X 1.0", "d_B_X 2.0"});
  fake.server.undecodable.insert(name_of("d:type=B"));
  const std::string page = fake.scrape();
  CHECK(samples(page) == Lines{"d_A_X 1.0"});
  CHECK(has_line(page, "jmx_scrape_error 1.0"));
}

TEST_CASE("target: a reload keeps the inventory and describes nothing again", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.server.add("e:type=A", {{"X", integer_value(2)}});
  CHECK(samples(fake.scrape()).size() == 2);
  fake.take_log();
  CollectorConfig config = plain_config();
  config.lowercase_output_name = true;
  config.exclude_object_names = {name_of("e:*")};
  fake.bench.target().use(snapshot_of(config));
  CHECK(samples(fake.scrape()) == Lines{"d_a_x 1.0"});
  CHECK(fake.take_log() == Log{"changes", "query *:*", "fetch 1"});
}

TEST_CASE("target: TLS goes with the session, and other settings open another", "[scrape]") {
  CollectorConfig config = plain_config();
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  CHECK_FALSE(fake.server.asked_tls.has_value());

  const auto opens_after_reload = [&fake](const CollectorConfig& next) {
    fake.take_log();
    fake.bench.target().use(snapshot_of(next));
    fake.scrape();
    return fake.take_log().front().starts_with("open ");
  };
  config.ssl_config.protocols = {"TLSv1.3"};
  CHECK_FALSE(opens_after_reload(config));
  config.ssl = true;
  config.ssl_config.ciphers = {"TLS_AES_128_GCM_SHA256"};
  config.ssl_config.key_store = StoreConfig{{}, "k.p12", "PKCS12", "p", std::nullopt};
  config.ssl_config.trust_store = StoreConfig{{}, "t.jks", std::nullopt, "", std::nullopt};
  CHECK(opens_after_reload(config));
  REQUIRE(fake.server.asked_tls);
  const TlsSettings asked = *fake.server.asked_tls;
  REQUIRE(asked.key_store);
  CHECK(asked.key_store->filename == "k.p12");
  CHECK(asked.key_store->type == "PKCS12");
  CHECK(asked.key_store->password == "p");
  CHECK_FALSE(asked.key_store->read_password);
  REQUIRE(asked.trust_store);
  CHECK(asked.trust_store->filename == "t.jks");
  CHECK_FALSE(asked.trust_store->type);
  CHECK(asked.protocols == std::vector<std::string>{"TLSv1.3"});
  CHECK(asked.ciphers == std::vector<std::string>{"TLS_AES_128_GCM_SHA256"});
  CHECK_FALSE(asked.verify_host);
  config.ssl_config.trust_store->mark.line = 9;
  CHECK_FALSE(opens_after_reload(config));
  config.ssl_config.key_store->password = "other";
  CHECK(opens_after_reload(config));
  config.ssl_config.verify_host_name = false;
  CHECK(opens_after_reload(config));
  CHECK(fake.server.asked_tls->verify_host == false);
  config.ssl_config.trust_store->password_file = PasswordFile{"/nowhere/p", "c.yml"};
  CHECK(opens_after_reload(config));
  REQUIRE(fake.server.asked_tls->trust_store->read_password);
  const Result<std::string> password = fake.server.asked_tls->trust_store->read_password();
  REQUIRE_FALSE(password);
  CHECK(password.error().text == "/nowhere/p: the file does not exist; check the path");
  config.ssl_config.trust_store->password_file->name = "/nowhere/q";
  CHECK(opens_after_reload(config));
}

TEST_CASE("target: a caller after a reload does not share the read that began before it",
          "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.server.fetch_time = milliseconds(50);
  auto before = fake.bench.start();
  fake.bench.run_for(milliseconds(10));
  CollectorConfig config = plain_config();
  config.lowercase_output_name = true;
  fake.bench.target().use(snapshot_of(config));
  auto after = fake.bench.start();
  CHECK(samples(Bench::text(fake.bench.finish(std::move(before)))) == Lines{"d_A_X 1.0"});
  CHECK(samples(Bench::text(fake.bench.finish(std::move(after)))) == Lines{"d_a_x 1.0"});
}

TEST_CASE("target: a reload that names another target does not wait for one that stands still",
          "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  SECTION("while it is read") {
    fake.scrape();
    fake.server.frozen = true;
  }
  SECTION("while a session is opened") { fake.server.opening = true; }
  const auto start = std::chrono::steady_clock::now();
  auto before = fake.bench.start(milliseconds(600'000));
  fake.bench.run_for(milliseconds(20));
  fake.server.frozen = fake.server.opening = false;
  CollectorConfig config = moved(plain_config());
  config.lowercase_output_name = true;
  fake.bench.target().use(snapshot_of(config));
  auto after = fake.bench.start(milliseconds(600'000));
  for (auto* const one : {&before, &after}) {
    const std::string page = Bench::text(fake.bench.finish(std::move(*one)));
    CHECK(samples(page) == Lines{"d_a_x 1.0"});
    CHECK(has_line(page, "jmx_scrape_error 0.0"));
  }
  CHECK(samples(fake.scrape()) == Lines{"d_a_x 1.0"});
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(300'000));
  CHECK_FALSE(fake.status().scraping);
}

TEST_CASE("target: a reload and back again reads the target anew beside the read that was left",
          "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.server.frozen = true;
  auto pending = fake.bench.start(milliseconds(600'000));
  fake.bench.run_for(milliseconds(20));
  fake.server.frozen = false;
  fake.bench.target().use(snapshot_of(moved(plain_config())));
  fake.bench.target().use(snapshot_of(plain_config()));
  fake.take_log();
  const std::string page = Bench::text(fake.bench.finish(std::move(pending)));
  CHECK(samples(page) == Lines{"d_A_X 1.0"});
  CHECK(has_line(page, "jmxbridge_sessions_opened_total 2.0"));
  CHECK(fake.take_log().front() == "open " + plain_config().jmx_url);
}

TEST_CASE("target: closing ends a read under way", "[scrape]") {
  ServedTarget fake;
  fake.server.add("d:type=A", {{"X", integer_value(1)}});
  fake.scrape();
  fake.server.frozen = true;
  auto pending = fake.bench.start(milliseconds(60'000));
  fake.bench.run_for(milliseconds(20));
  const auto start = std::chrono::steady_clock::now();
  fake.bench.close();
  const std::string page = Bench::text(fake.bench.finish(std::move(pending)));
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(40'000));
  CHECK(has_line(page, "jmx_up 0.0"));
}

}  // namespace jmxbridge
