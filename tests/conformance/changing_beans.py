"""MBeans for generated rule files: those of the reference target, which never change, and some whose
values, kinds, rows and very presence change from one scrape to the next."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Leaf:
    """One value as a rule sees it, for patterns that are to match it."""
    domain: str
    properties: tuple  # pairs, in the order of registration, those of a table's row behind them
    path: tuple        # the names on the way into composite data
    attribute: str
    value: str


# Each MBean in each of the three states: its attributes as MutableTarget takes them, or None where it is
# not there. The three scrapes of a configuration see one state each.
STATES = {
    "app.change:type=Sign,name=n-1": [
        {"Delta": "int:5", "Rate": "double:0.5", "Wide": "long:9007199254740993"},
        {"Delta": "int:-5", "Rate": "double:-0.0", "Wide": "long:-9007199254740993"},
        {"Delta": "int:7", "Rate": "double:1e22", "Wide": "long:0"}],
    "app.change:type=Kind": [
        {"Thing": "int:3", "Other": "string:17", "Lost": "long:1", "Odd": "name:a:b=c", "Plain": "int:1"},
        {"Thing": "string:three", "Other": "double:17.5", "Lost": "name:a:b=c",
         "Odd": "int:4", "Plain": "int:1"},
        {"Thing": "double:3.5", "Other": "bool:true", "Lost": "long:3", "Odd": "int:5", "Plain": "int:2"}],
    "app.change:type=Null,name=x y": [
        {"Value": "int:1", "Text": "null", "Pair": "composite:used/1,max/2"},
        {"Value": "null", "Text": "string:back", "Pair": "null"},
        {"Value": "int:3", "Text": "null", "Pair": "composite:used/5,Limit/-1"}],
    "app.change:type=Text,name=t.1": [
        {"State": "string:RUNNING", "Detail": "string:a: 1", "Number": "string:12",
         "Since": "date:1700000000123"},
        {"State": "string:PAUSED", "Detail": "string:b: 2: c", "Number": "string:twelve", "Since": "date:0"},
        {"State": "string:RUNNING", "Detail": "string:a=1,<b>", "Number": "string: 0x1p3 ",
         "Since": "date:1700000000999"}],
    "app.rows:name=r,type=Rows": [
        {"Rows": "table:a/1,b c/2", "Total": "long:3"},
        {"Rows": "table:b c/5", "Total": "long:5"},
        {"Rows": "table:a/7,b c/-8,zz/9", "Total": "long:8"}],
    "app.guest:type=Guest,name=g1": [
        None, {"Value": "long:1", "On": "bool:true"}, None],
    "app.guest:type=Guest,name=g2": [
        {"Value": "long:1", "On": "bool:true"}, None, {"Value": "long:2", "On": "bool:false"}],
    "app.guest:type=Guest,name=g3": [
        {"Value": "long:4", "Off": "bool:true"}, {"Value": "long:4", "On": "bool:true"}, {"Value": "long:4"}],
    'Quoted App:type="a, b=c",na-me=p_q,na.me2=': [
        {"requestTotal": "int:1", "HTTPCount_total": "long:4", "thing_info": "double:0.25"},
        {"requestTotal": "int:2", "HTTPCount_total": "long:4", "thing_info": "double:NaN"},
        {"requestTotal": "int:2", "HTTPCount_total": "long:5", "thing_info": "double:Infinity"}],
    # The daemon asks for an attribute of an unknown class again only when its MBean changes.
    "app.bad:type=Bad": [
        {"Fine": "int:1", "Odd": "unknown", "Throws": "throw", "Bytes": "float:1.1", "Big": "decimal:1.50E+3"},
        {"Fine": "int:2", "Odd": "unknown", "Throws": "int:9", "Bytes": "float:1.1", "Big": "decimal:2"},
        {"Fine": "int:3", "Odd": "unknown", "Throws": "throw", "Bytes": "float:-0.5", "Big": "decimal:1E-7"}],
    "app.label:type=Labelled,name=l": [
        {"State": "string:NEW", "Count": "long:10", "Zone": "string:"},
        {"State": "string:OLD", "Count": "long:10", "Zone": "string:b"},
        {"State": "string:OLD", "Count": "long:12", "Zone": "string:b"}],
    "app.label:type=Steady,name=s": [
        {"State": "string:SAME", "Count": "long:20"}, {"State": "string:SAME", "Count": "long:21"},
        {"State": "string:SAME", "Count": "long:22"}],
}


def words(name, attributes):
    return "\t".join([name, *(f"{key}={value}" for key, value in attributes.items())])


def step(before, after):
    """The commands that bring MutableTarget from one state to another; None is a target without any
    of these MBeans."""
    out = []
    for name, states in STATES.items():
        was, now = None if before is None else states[before], states[after]
        if was == now:
            continue
        if now is None:
            out.append(f"unregister\t{name}")
        else:
            out.append(words(f"{'register' if was is None else 'replace'}\t{name}", now))
    return out


def properties_of(name):
    """Domain and property pairs; no quoted value of these MBeans holds a quote."""
    domain, text = name.split(":", 1)
    pairs, quoted, start = [], False, 0
    for at, character in enumerate(text + ","):
        quoted ^= character == '"'
        if character == "," and not quoted:
            pairs.append(tuple(text[start:at].split("=", 1)))
            start = at + 1
    return domain, tuple(pairs)


def leaves_of(name, attributes):
    domain, properties = properties_of(name)
    for attribute, value in attributes.items():
        kind, _, text = value.partition(":")
        if kind == "table":
            for key, number in (entry.split("/") for entry in text.split(",")):
                yield Leaf(domain, (*properties, ("key", key)), (), attribute, number)
        elif kind == "composite":
            for item, number in (entry.split("/") for entry in text.split(",")):
                yield Leaf(domain, properties, (attribute,), item, number)
        elif kind not in ("null", "throw", "unknown", "name"):
            yield Leaf(domain, properties, (), attribute, text)


@dataclasses.dataclass(frozen=True)
class Beans:
    """What the generator knows of a target."""
    leaves: tuple
    names: tuple       # of MBeans, as they are registered
    # Beans for metricCustomizers: name → attributes that become labels. No attribute of them is ever null
    # or of an unknown class, where the peer aborts its scrape or leaves the customizer out.
    customized: dict
    changing: bool


CHANGING = Beans(
    leaves=tuple(dict.fromkeys(leaf for name, states in STATES.items() for state in states if state
                               for leaf in leaves_of(name, state))),
    names=tuple(STATES),
    customized={"app.label:type=Labelled,name=l": ["State", "Zone", "Count"],
                "app.label:type=Steady,name=s": ["State"],
                "app.change:type=Sign,name=n-1": ["Delta"]},
    changing=True)

METERS = [
    "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec",
    "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=invoices",
    "kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions",
    "kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Fetch",
    "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=c-1,topic=invoices",
    'Catalina:type=ThreadPool,name="http-nio-8080"',
    "Catalina:j2eeType=Servlet,WebModule=//localhost/,name=default,J2EEApplication=none,J2EEServer=none",
    'odd:type="q=u,o:t e",name=x\\y',
    "odd:type=z,na-me=a.b/c"]
VALUES = {
    "IntValue": "int:5", "LongValue": "long:1099511627776", "DoubleValue": "double:2.5",
    "FloatValue": "float:1.5", "Enabled": "bool:false", "Version": "string:3.9.1",
    "Started": "double:1.6000000005E9", "Atomic": "long:9", "Decimal": "decimal:0.125",
    "Undefined": "double:NaN"}
POOLS = {"Heap": "composite:used/10,max/1000,phase/IDLE", "Sizes": "table:small/1,large one/2",
         "Phase": "string:BUSY"}


def reference_leaves():
    yield from leaves_of("org.example:type=Values,name=All", VALUES)
    yield from leaves_of("org.example:type=Broken", {"Readable": "int:1"})
    yield from leaves_of("org.example.pools:type=Pools", POOLS)
    for pool, used in (("eden", "20"), ("old", "30")):
        for item, value in (("used", used), ("max", "1000"), ("phase", "IDLE")):
            yield Leaf("org.example.pools", (("type", "Pools"), ("key", pool)), ("ByPool",), item, value)
    for number, name in enumerate(METERS, 1):
        yield from leaves_of(name, {
            "Count": f"long:{number}", "OneMinuteRate": f"double:{number / 2}",
            "95thPercentile": f"double:{number * 10}.0", "State": f"string:{'ODD' if number % 2 else 'EVEN'}"})


REFERENCE = Beans(
    leaves=tuple(reference_leaves()),
    names=("org.example:type=Values,name=All", "org.example:type=Broken", "org.example.pools:type=Pools",
           *METERS),
    customized={name: ["State", "Count", "95thPercentile"] for name in METERS}
    | {"org.example.pools:type=Pools": ["Phase"]},
    changing=False)
