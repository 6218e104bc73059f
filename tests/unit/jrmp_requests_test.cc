#include <openssl/sha.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jrmp/requests.h"

using namespace jmxbridge;
using namespace std::string_literals;

namespace {

/// RMI Specification, 8.3: of the text as DataOutput.writeUTF writes it.
std::int64_t method_hash(std::string_view signature) {
  std::string text{static_cast<char>(signature.size() >> 8), static_cast<char>(signature.size())};
  text += signature;
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::uint64_t hash = 0;
  for (int i = 7; i >= 0; --i) hash = hash << 8 | digest[i];
  return static_cast<std::int64_t>(hash);
}

std::string object_id() {
  std::string id;
  for (int i = 1; i <= 22; ++i) id += static_cast<char>(i);
  return id;
}

Requests requests() {
  ObjectId id{};
  const std::string text = object_id();
  std::copy(text.begin(), text.end(), id.begin());
  return Requests(id);
}

ObjectName name(std::string_view text) { return *ObjectName::parse(text); }

const std::string kCall = "\x50\xac\xed\x00\x05\x77"s;
const std::string kNumber = "\xff\xff\xff\xff"s;
const std::string kName =
    "\x73\x72\x00\x1bjavax.management.ObjectName\x0f\x03\xa7\x1b\xeb\x6d\x15\xcf\x03\x00\x00\x70\x78\x70"s;

}  // namespace

TEST_CASE("requests: the methods' hashes are those of their signatures", "[jrmp]") {
  const std::string name = "Ljavax/management/ObjectName;";
  const std::string subject = "Ljavax/security/auth/Subject;";
  CHECK(method::kGetAttributes == method_hash("getAttributes(" + name + "[Ljava/lang/String;" +
                                              subject + ")Ljavax/management/AttributeList;"));
  CHECK(method::kGetAttribute == method_hash("getAttribute(" + name + "Ljava/lang/String;" +
                                             subject + ")Ljava/lang/Object;"));
  CHECK(method::kGetMBeanInfo ==
        method_hash("getMBeanInfo(" + name + subject + ")Ljavax/management/MBeanInfo;"));
  CHECK(method::kQueryNames == method_hash("queryNames(" + name + "Ljava/rmi/MarshalledObject;" +
                                           subject + ")Ljava/util/Set;"));
  CHECK(method::kGetDefaultDomain ==
        method_hash("getDefaultDomain(" + subject + ")Ljava/lang/String;"));
  CHECK(method::kAddNotificationListeners ==
        method_hash("addNotificationListeners([" + name + "[Ljava/rmi/MarshalledObject;[" +
                    subject + ")[Ljava/lang/Integer;"));
  CHECK(method::kFetchNotifications ==
        method_hash("fetchNotifications(JIJ)Ljavax/management/remote/NotificationResult;"));
}

TEST_CASE("requests: getAttributes is the bytes that a stub sends", "[jrmp]") {
  const std::string one = "Count";
  const std::string two = "Mean";
  const std::vector<const std::string*> attributes = {&one, &two};
  Bytes out;
  requests().get_attributes(name("d:type=A"), attributes, out);
  CHECK(out == kCall + "\x22" + object_id() + kNumber + "\x57\x39\xd9\x6a\x8b\x23\x5c\x47"s +
                   kName +
                   "\x74\x00\x08"
                   "d:type=A\x78"s +
                   "\x75\x72\x00\x13[Ljava.lang.String;\xad\xd2\x56\xe7\xe9\x1d\x7b\x47\x02\x00\x00"
                   "\x70\x78\x70"s +
                   "\x00\x00\x00\x02\x74\x00\x05"
                   "Count\x74\x00\x04Mean\x70"s);
}

TEST_CASE("requests: primitive arguments stand in the block of the call", "[jrmp]") {
  Bytes out;
  requests().fetch_notifications(-1, 1000, 0, out);
  const std::string arguments =
      "\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x03\xe8"s + std::string(8, '\0');
  CHECK(out.substr(0, 7) == kCall + "\x36");
  CHECK(out.substr(out.size() - 20) == arguments);
  CHECK(out.size() == 7 + 22 + 4 + 8 + 20);
}

TEST_CASE("requests: the other calls end in their nulls", "[jrmp]") {
  Bytes attribute;
  requests().get_attribute(name("d:type=A"), "Count", attribute);
  CHECK(attribute.ends_with(kName + "\x74\x00\x08"
                                    "d:type=A\x78\x74\x00\x05"
                                    "Count\x70"s));
  Bytes info;
  requests().get_mbean_info(name("d:type=A"), info);
  CHECK(info.ends_with(kName + "\x74\x00\x08"
                               "d:type=A\x78\x70"s));
  Bytes query;
  requests().query_names(name("*:*"), query);
  CHECK(query.ends_with(kName + "\x74\x00\x03*:*\x78\x70\x70"s));
  Bytes domain;
  requests().get_default_domain(domain);
  CHECK(domain.size() == 7 + 22 + 4 + 8 + 1);
  Bytes listen;
  requests().listen_to_delegate(listen);
  CHECK(
      listen.ends_with("\x00\x1e[Ljavax.security.auth.Subject;\x58\x7f\xe4\x29\x63\xdd\xea\x58"
                       "\x02\x00\x00\x70\x78\x70\x00\x00\x00\x01\x70"s));
  CHECK(listen.find(
            "\x9e\x68\x72\x87\x73\x9f\x6b\xfe\x02\x00\x00\x70\x78\x70\x00\x00\x00\x01\x70"s) !=
        std::string::npos);
}

TEST_CASE("requests: texts are modified UTF-8, and long ones have long lengths", "[jrmp]") {
  Bytes out;
  requests().get_attribute(name("d:type=A"), "a\0\xf0\x9f\x98\x80"s, out);
  CHECK(
      out.ends_with("\x74\x00\x09"
                    "a\xc0\x80\xed\xa0\xbd\xed\xb8\x80\x70"s));
  out.clear();
  const std::string longest(70'000, 'x');
  requests().get_attribute(name("d:type=A"), longest, out);
  CHECK(out.ends_with("\x7c\x00\x00\x00\x00\x00\x01\x11\x70"s + longest + "\x70"));
}
