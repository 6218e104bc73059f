#include "jmx/jdk_class.h"

#include <catch2/catch.hpp>

using namespace jmxbridge;

TEST_CASE("jdk class: the JDK's packages are known, all others are not", "[jmx]") {
  for (const char* name :
       {"java.lang.Long", "javax.management.Attribute", "jdk.internal.X", "sun.rmi.X",
        "com.sun.management.X", "[Ljava.lang.String;", "[[Ljavax.X;", "[I", "[[[D"}) {
    INFO(name);
    CHECK(is_jdk_name(name));
  }
  for (const char* name : {"com.acme.X", "javafx.X", "java", "javax", "sunny.X", "com.sunny.X", "",
                           "I", "[Lcom.acme.X;", "[[Lorg.java.X;", "X", "[", "[L;"}) {
    INFO(name);
    CHECK_FALSE(is_jdk_name(name));
  }
}

TEST_CASE("jdk class: an array's element class is named without brackets", "[jmx]") {
  CHECK(element_class("[[Lcom.acme.X;") == "com.acme.X");
  CHECK(element_class("com.acme.X") == "com.acme.X");
  CHECK(element_class("[I") == "I");
  CHECK(element_class("") == "");
  CHECK(element_class("[[") == "");
}

TEST_CASE("jdk class: classes are found by their whole name", "[jmx]") {
  CHECK(find_jdk_class("java.lang.Long") == JdkClass::kLong);
  CHECK(find_jdk_class("javax.management.openmbean.TabularDataSupport") == JdkClass::kTabularData);
  CHECK(find_jdk_class("java.util.concurrent.atomic.LongAdder$SerializationProxy") ==
        JdkClass::kLongAdder);
  for (const char* name : {"", "Long", "java.lang.Lon", "java.lang.Longs", "com.lang.Long"}) {
    CHECK(find_jdk_class(name) == JdkClass::kNone);
  }
}

TEST_CASE("jdk class: enum constants that write themselves otherwise are listed", "[jmx]") {
  CHECK(enum_text("java.util.concurrent.TimeUnit", "DAYS").form == EnumText::Form::kAsIs);
  CHECK(enum_text("java.lang.management.MemoryType", "HEAP").literal == "Heap memory");
  CHECK(enum_text("java.lang.management.MemoryType", "OTHER").form == EnumText::Form::kAsIs);
  CHECK(enum_text("java.time.temporal.ChronoField", "AMPM_OF_DAY").literal == "AmPmOfDay");
  CHECK(enum_text("java.time.temporal.ChronoField", "DAY_OF_WEEK").form == EnumText::Form::kCamel);
  CHECK(enum_text("javax.lang.model.element.Modifier", "PUBLIC").form == EnumText::Form::kLower);
  CHECK(enum_text("javax.lang.model.element.Modifier", "NON_SEALED").has_body);
  CHECK_FALSE(enum_text("java.util.concurrent.TimeUnit", "DAYS").has_body);
}
