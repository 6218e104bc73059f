"""Values, tables and names that nobody wishes for (tests/targets/OddTarget.java), under rules that nobody
should write: beside_peer.py says what is compared."""

from beside_peer import BesidePeerTest

from jmxbridge_testing import main, start_target

HEADER = "hostPort: 127.0.0.1:{port}\n"
# The MBeans of the target; its JVM's move.
ODD = 'includeObjectNames: ["odd*:*", "Odd*:*", "?odd*:*", "\u00e9*:*"]\n'
FILES = {
    "default naming": ODD,
    "lower case": ODD + "lowercaseOutputName: true\nlowercaseOutputLabelNames: true\n",
    "lower case and counters": ODD + "lowercaseOutputName: true\ninferCounterTypeFromName: true\n",
    "counters": ODD + "inferCounterTypeFromName: true\n",
    "snake case": ODD + "rules: [{attrNameSnakeCase: true}]\n",
    "snake case in lower case": ODD + "lowercaseOutputName: true\nrules: [{pattern: .*, attrNameSnakeCase: true}]\n",
    "snake case before matching": ODD + """rules:
- {pattern: '<>(h\\w+|camel\\w+|snake\\w+|a\\d\\S*): ', name: "snaked_$1", attrNameSnakeCase: true}
- {pattern: '<>(H\\w+|camel\\w+): ', name: "never_$1"}
""",
    "counter for all": ODD + 'excludeObjectNameAttributes: {"odd:type=Values,name=v": [Byte, Integer, Infinity, Date, DecimalScale]}\n'
                             "rules: [{type: COUNTER}]\n",
    "gauge for all": ODD + "rules: [{type: GAUGE}]\n",
    "factor for all": ODD + "rules: [{valueFactor: 0.001}]\n",
    "negative factor": ODD + "rules: [{valueFactor: -1e3, type: UNTYPED}]\n",
    "cached for all": ODD + "rules: [{cache: true}]\n",
    "cached with a name": ODD + """rules:
- {pattern: '<type=(\\w+).*><(.*)>(\\w+): (.*)', name: cached_$3, cache: true, labels: {type: $1, keys: "$2", value: $4}}
- {pattern: .*, name: rest}
""",
    "texts by value": ODD + """rules:
- {pattern: '<>(\\w*Text|String|Unit|Mode|Unicode): (.*)', name: text_info, value: 1, labels: {name: $1, text: "$2"}}
- {pattern: '(?s)<>(Lines): (.*)', name: lines, value: 2, labels: {text: "$2"}, help: "$2"}
- {pattern: '<>NumberText: (.*)', name: number_text, value: $1}
""",
    "numbers from texts": ODD + """rules:
- {pattern: '<>(\\w+): (.*)', name: parsed, value: $2, labels: {attribute: $1}}
""",
    "match texts": ODD + """rules:
- {pattern: '(.*)', name: all, value: 1, labels: {text: $1, whole: $0}}
""",
    "match texts in one family": ODD + """rules:
- {pattern: '(?s)^(.*)<(.*)><(.*)>(.*): (.*)$', name: all, help: "$1 $2 $3", value: 1,
   labels: {domain: $1, properties: $2, keys: $3, attribute: $4, value: $5}}
""",
    "one name for all": ODD + "rules: [{pattern: .*, name: same}]\n",
    "one name and a label": ODD + "rules: [{pattern: '<type=(\\w*)', name: same, labels: {type: $1}}, {pattern: .*, name: same}]\n",
    "types that meet": ODD + """rules:
- {pattern: 'odd<type=Same.*><>Count', name: meets, type: COUNTER}
- {pattern: 'odd<type=Same.*><>Value', name: meets_total, type: GAUGE}
- {pattern: '<>Rate', name: meets_info, type: COUNTER}
- {pattern: '<>Value', name: meets_info_total, type: COUNTER}
""",
    "suffixes": ODD + """rules:
- {pattern: '<>(Value)', name: x_total_total_bucket}
- {pattern: '<>(Count)', name: _total, type: GAUGE}
- {pattern: '<>(Rate)', name: _info_created, type: COUNTER}
- {pattern: '<>(On)', name: y_created_total, type: COUNTER}
- {pattern: '<>(requests\\w*)', name: $1}
- {pattern: '<>(\\w+)', name: $1_total}
""",
    "names from anything": ODD + """rules:
- {pattern: '<>(.+): ', name: $1, labels: {$1: $1}}
- {pattern: '<(.+)>(.+): ', name: $1_$2, help: $0}
""",
    "labels from anything": ODD + """lowercaseOutputLabelNames: true
rules:
- {pattern: '^(.*?)<(.*?)=(.*?)(?:, (.*?)=(.*?))?(?:, (.*))?><(.*)>(.*): ', name: n_$8,
   labels: {$2: $3, $4: $5, rest: $6, "$7": "$8", "x:y": $1, "9": nine, "é": accent, "": empty, A b: c}}
""",
    "help from anything": ODD + """rules:
- {pattern: '<>(.*?): (.*)', name: helped_$1, help: "\\\\$ $1 \\\\\\\\ \\"$2\\"\\n.", value: 1}
- {pattern: .*, name: unhelped, help: ''}
""",
    "digits behind a reference": ODD + """rules:
- {pattern: '(o)(d)(d)(<)(t)(y)(p)(e)(=)(S)(a)(m)(e).*<>(\\w)(\\w+)', name: "n_$1$10$110$140_$15", labels: {a: "$013", b: "$2x", c: "${1}"}}
- {pattern: '(?<first>\\w+)<(?<a1>\\w+)=.*<>(\\w+): ', name: "${first}_${a1}_$3", labels: {l: "$1${first}"}}
""",
    "templates that fail": ODD + """rules:
- {pattern: 'odd<type=Same, name=a><>Value', name: $3}
- {pattern: 'odd<type=Same, name=b><>Value', name: a, labels: {l: "$x"}}
- {pattern: 'odd<type=Same, name=b><>Count', name: "a\\\\"}
- {pattern: .*, name: fine_$0}
""",
    "a value without a pattern": ODD + "rules: [{value: 1}]\n",
    "labels twice": ODD + """rules:
- {pattern: '<>(Count)', name: twice, labels: {a-b: 1x, a_b: 2x}}
- {pattern: '<>(Value)', name: twice, labels: {a: x}}
""",
    "only names": ODD + 'includeObjectNameAttributes: {"odd:type=Names": ["a-b", "$1", "été", ABC], "odd:name=b,type=Same": [Count]}\n',
    "without some": ODD + 'excludeObjectNameAttributes: {"odd:type=Names": ["a-b", "a b", "😀"], "odd:type=Structures,name=s": [Deep, m]}\n',
    "without what is no number": ODD + "autoExcludeObjectNameAttributes: false\n",
    "quoted names": 'includeObjectNames: ["odd:type=Same,name=\\"\\\\*\\"", "odd:*,name=\\"q*\\"", "odd:k_e=*,*", "odd: k =*,*"]\n',
    "excluded names": ODD + 'excludeObjectNames: ["odd:type=Same,*", "*:type=Values,*", "odd:a=*,*", "?odd*:*"]\n',
    "clashes": 'includeObjectNames: ["clash:*"]\n',
    "a label that is taken": 'includeObjectNames: ["clash:type=Label,*"]\n',
    "nothing included": "includeObjectNames: []\n",
    "no rules": ODD + "rules: []\n",
    "customizers": ODD + """metricCustomizers:
- mbeanFilter: {domain: odd, properties: {type: Values}}
  attributesAsLabels: [String, Integer, Double, Boolean, Unit, Mode, Unicode, EmptyText, Float, Big, Decimal, Lines, NoSuch]
- mbeanFilter: {domain: odd, properties: {type: Same, name: a}}
  attributesAsLabels: [Text, Rate]
  extraMetrics:
  - {name: Extra_total, value: 5, description: an extra}
  - {name: "ex tra", value: 2.5}
  - {name: "yes", value: true, description: ""}
  - {name: text, value: "12"}
  - {name: list, value: [1]}
- mbeanFilter: {domain: odd, properties: {type: Same}}
  extraMetrics: [{name: second, value: -1}]
- mbeanFilter: {domain: odd, properties: {type: Names}}
  attributesAsLabels: ["a-b", "été", "with.dot"]
excludeObjectNameAttributes: {"odd:type=Values,name=v": ["Null"]}
""",
    "labels of any class": ODD + """autoExcludeObjectNameAttributes: false
metricCustomizers:
- mbeanFilter: {domain: odd, properties: {type: Values}}
  attributesAsLabels: [Character, Name, AtomicInteger, AtomicLong, AtomicBoolean, LongAdder, DoubleAdder, Date,
                       Timestamp, FloatNan, MinusZero, Infinity, DecimalScale, Byte, Short, FloatMax, DoubleMin]
excludeObjectNameAttributes: {"odd:type=Values,name=v": ["Null"]}
""",
    "customizers with rules": ODD + """lowercaseOutputLabelNames: true
metricCustomizers:
- mbeanFilter: {domain: odd, properties: {name: s}}
  extraMetrics: [{name: n, value: 100}]
- mbeanFilter: {domain: odd}
  attributesAsLabels: [Text]
  extraMetrics: [{name: Text, value: text}, {name: other, value: 7, description: of another}, {name: Big, value: 123456789012345678901}]
rules:
- {pattern: '<>(?:Text|Big): (.*)', name: from_text, value: 1, labels: {is: $1}}
- {pattern: '<>(\\w+): ', name: custom_$1}
excludeObjectNameAttributes: {"odd:type=Values,name=v": ["Null"]}
""",
    "tables by rule": ODD + """rules:
- {pattern: 'odd<type=Structures, name=s(.*)><(.*)>(.*): (.*)', name: table_$3, labels: {row: $1, keys: $2, value: "$4"}}
""",
    "keys of tables": ODD + """rules:
- {pattern: '<type=Structures, name=s, second=(.*), first=(.*)><Two keys>(.): ', name: two_$3, labels: {first: $2, second: $1}}
- {pattern: '<type=Structures, name=s, type_=(.*), name_=(.*)><>SameKeys: ', name: same_keys, labels: {type: $1, name: $2}}
- {pattern: '<type=Structures.*, k=(.*), k_=(.*)><Nested>(.*): ', name: nested_$3, labels: {k: "$1/$2"}}
- {pattern: '<type=Structures.*><(.+)>(.+): ', name: "$1_$2"}
""",
    "possessive and lazy": ODD + """rules:
- {pattern: '(?i)ODD<type=(?:s(a)me|(n)ames).*?><>(\\p{Lu}++)(.*?): (-?[\\d.]+)', name: $3_$4, labels: {a: $1, n: $2, v: $5}}
- {pattern: '(?<![A-Za-z])(\\d+)(?=\\W)', name: digit, labels: {d: $1}}
""",
}


class OddTest(BesidePeerTest):
    @classmethod
    def start_shared(cls):
        cls.target = start_target(cls.shared, "OddTarget")
        cls.start_pair(cls.target.port)

    def test_odd_files_give_the_peers_samples(self):
        for name, text in FILES.items():
            with self.subTest(name):
                self.check_file(HEADER.format(port=self.target.port) + text)
        print(", ".join(f"{count} {what}" for what, count in sorted(self.counts.items())))
        self.assertEqual(self.counts["refused"], 0)
        self.assertGreater(self.counts["samples"], 3000)


if __name__ == "__main__":
    main("peer")
