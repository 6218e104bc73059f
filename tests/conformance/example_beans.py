"""MBeans as the services have them for which the peer's example files are written: together they give
every rule of those files something to match, save the rules that an earlier one always precedes.

An attribute without a value has a number of its own.
"""

import fnmatch
import itertools
import pathlib
import re

EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "data/peer/example-configs"

# Specification 13.1.1: an earlier rule takes all that these match.
NEVER_FIRST = {
    "kafka-0-8-2.yml": {19, 21},
    "kafka-2_0_0.yml": {20, 21},
    "kafka-kraft-3_0_0.yml": {10, 11, 12, 23, 24},
}

# Of this presto.yml reads the number of threads; every target has it.
THREADING_NAME = "java.lang:type=Threading"
THREADING = "java.lang<type=Threading><>ThreadCount: 20"

BEANS = {
    # ActiveMQ
    "org.apache.activemq:type=Broker,brokerName=b1": [
        "CurrentConnectionsCount", "TotalConnectionsCount", "TotalMessageCount", "MemoryPercentUsage=int:50"],
    "org.apache.activemq:type=Broker,brokerName=b1,destinationType=Queue,destinationName=orders": [
        "QueueSize", "EnqueueCount", "AverageEnqueueTime=double:0.25", "DLQ=bool:false", "Name=string:orders"],
    "org.apache.activemq:type=Broker,brokerName=b1,destinationType=Topic,destinationName=news": ["ConsumerCount"],
    "org.apache.activemq:type=Broker,brokerName=b1,destinationType=Queue,destinationName=orders,clientId=c1": [
        "Excluded"],
    # Artemis
    'org.apache.activemq.artemis:broker="b1"': ["ConnectionCount", "Started=bool:true"],
    'org.apache.activemq.artemis:broker="b1",component=addresses,address="a.b"': ["AddressSize", "AutoCreated"],
    'org.apache.activemq.artemis:broker="b1",component=addresses,address="a.b",subcomponent=queues,'
    'routing-type="anycast",queue="q1"': ["MessageCount"],
    'org.apache.activemq.artemis:broker="b1",component=addresses,address="a.b",subcomponent=topics,'
    'routing-type="multicast",topic="t1"': ["MessageCount"],
    # Cassandra
    "org.apache.cassandra.metrics:type=Compaction,name=PendingTasks": ["Value"],
    "org.apache.cassandra.metrics:type=ThreadPools,path=request,scope=ReadStage,name=ActiveTasks": ["Value"],
    "org.apache.cassandra.metrics:type=Keyspace,keyspace=ks1,name=ReadTotalLatency": ["Count=long:1234567"],
    "org.apache.cassandra.metrics:type=Keyspace,keyspace=ks1,name=ReadLatency": [
        "Count", "50thPercentile=double:103.5", "999thPercentile=double:1234.5"],
    "org.apache.cassandra.metrics:type=DroppedMessage,scope=READ,name=Dropped": ["Count"],
    "org.apache.cassandra.metrics:type=Keyspace,keyspace=ks1,name=BytesValidated": [
        "75thPercentile=double:12.5", "Value"],
    # Flink
    "org.apache.flink.metrics:key0=127.0.0.1,key1=jobmanager,name=taskSlotsTotal": ["Value"],
    "org.apache.flink.metrics:key0=127.0.0.1,key1=jobmanager,key2=My_Job,name=lastCheckpointDuration": ["Value"],
    "org.apache.flink.metrics:key0=debian-8,key1=taskmanager,key2=407401,key3=My_Job,key4=Map,key5=1,"
    "name=numRecordsIn": ["Count"],
    "org.apache.flink.metrics:key0=debian-8,key1=taskmanager,key2=407401,key3=My_Job,key4=fold_->_sink,key5=0,"
    "name=lastCheckpointSize": ["Value"],
    "org.apache.flink.metrics:key0=debian-8,key1=taskmanager,key2=407401,key3=My_Job,key4=Sink,key5=1,"
    "key6=KafkaProducer,name=batch-size-avg": ["Value=double:7.25"],
    "org.apache.flink.metrics:key0=debian-8,key1=taskmanager,key2=407401,key3=My_Job,key4=Source,key5=1,"
    "key6=KafkaConsumer,key7=committed-offsets,name=topic-name-1": ["Value"],
    # Hazelcast
    'com.hazelcast:type=Metrics,instance=hz1,prefix=map,tag0="name=orders"': ["putCount"],
    "com.hazelcast:type=Metrics,instance=hz1,prefix=gc": ["majorCount"],
    # Helix, whose names have blanks before a key
    "ClusterStatus:cluster=c1, jobType=ALL": [
        "SubmissionDelayGauge.Max", "QueuedJobGauge", "FailedJobCounter"],
    "ClusterStatus:cluster=c1": ["DownInstanceGauge", "DisabledPartitionsCounter"],
    "ClusterStatus:cluster=c1,eventName=ClusterEvent,phaseName=TotalProcessed": [
        "DurationGauge.Max", "DurationGauge", "EventCounter"],
    "ClusterStatus:cluster=c1,instanceName=host_1": ["CurrentPartitionGauge"],
    "ClusterStatus:cluster=c1,instanceName=host_1,resourceName=db1": ["PartitionGauge"],
    "ClusterStatus:cluster=c1,messageQueue=controller_1": ["Depth"],
    "ClusterStatus:cluster=c1,resourceName=db1": [
        "HandoffDurationGauge.Mean", "ExternalViewGauge", "SucceededHandoffCounter"],
    "HelixCallback:Type=PARTICIPANT,Key=c1.host_1,Change=IDEAL_STATE": ["LatencyGauge.Max", "CallbackCounter"],
    "HelixZkClient:Type=PARTICIPANT,Key=c1.host_1": ["PendingCallbackGauge", "StateChangeEventCounter"],
    "HelixZkClient:Type=PARTICIPANT,Key=c1.host_1,PATH=/c1/STATE": ["ReadLatencyGauge.Max", "ReadCounter"],
    "Rebalancer:ClusterName=c1, EntityName=db1": ["DifferenceGauge", "LatencyGauge.Max", "FailureCounter"],
    # Kafka's brokers, old and new
    "kafka.cluster:type=Partition,name=UnderReplicated,topic=t1,partition=0": ["Value"],
    "kafka.log:type=Log,name=Size,topic=t1,partition=0": ["Value"],
    "kafka.log:type=Log,name=Size,topic=t.2,partition=11": ["Value"],
    "kafka.controller:type=KafkaController,name=ActiveControllerCount": ["Value"],
    "kafka.controller:type=ControllerStats,name=UncleanLeaderElectionsPerSec": ["Count", "MeanRate=double:0.5"],
    "kafka.coordinator.group:type=GroupMetadataManager,name=NumGroups": ["Value"],
    "kafka.network:type=RequestChannel,name=RequestQueueSize": ["Value"],
    "kafka.network:type=RequestMetrics,name=RequestsPerSec,request=Produce": ["Count"],
    "kafka.network:type=RequestMetrics,name=RequestsPerSec,request=Produce,version=12": [
        "Count", "RateUnit=string:SECONDS"],
    "kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Produce": [
        "Count", "50thPercentile=double:1.5", "999thPercentile=double:60.25", "Max=double:61.0"],
    "kafka.network:type=RequestMetrics,name=SizeBytes,request=Produce,error=NONE": [
        "Count", "99thPercentile=double:512.0"],
    "kafka.network:type=RequestMetrics,name=Errors": ["Count", "95thPercentile=double:2.0"],
    "kafka.network:type=Processor,name=Idle,networkProcessor=1": ["Count"],
    "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec": ["Count"],
    "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec,topic=t1": ["Count"],
    "kafka.server:type=FetcherLagMetrics,name=ConsumerLag,clientId=c1,topic=t1,partition=0": ["Value"],
    "kafka.server:type=FetcherStats,name=Rate,clientId=c1,brokerHost=h1,brokerPort=9092": ["Value"],
    "kafka.server:type=ReplicaFetcherManager,name=MaxLag,clientId=c1": ["Value"],
    "kafka.server:type=Offsets,name=Committed,topic=t1,partition=0": ["Value"],
    "kafka.server:type=Topics,name=Records,topic=t1": ["Count"],
    "kafka.server:type=ReplicaManager,name=LeaderCount": ["Value"],
    "kafka.server:type=DelayedOperationPurgatory,name=PurgatorySize,delayedOperation=Fetch": ["Value"],
    "kafka.server:type=KafkaRequestHandlerPool,name=RequestHandlerAvgIdlePercent": ["MeanRate=double:0.75"],
    "kafka.server:type=Produce,user=u1,client-id=c1": ["throttle-time=double:0.5", "byte-rate=double:0.25"],
    "kafka.server:type=Produce,client-id=c1": ["throttle-time=double:1.5"],
    "kafka.server:type=Produce,user=u1": ["throttle-time=double:2.5"],
    "kafka.server:type=raft-metrics": [
        "current-state=string:leader", "current-leader", "poll-idle-ratio-avg=double:0.5"],
    "kafka.server:type=broker-metadata-metrics": ["metadata-load-error-total"],
    "kafka.common:type=ZooKeeper,name=ExpiresPerSec": ["Count"],
    "kafka.common:type=ZooKeeper,name=BytesPerSec,topic=t1": ["Count"],
    "kafka.common:type=Pool,name=Idle": ["Value"],
    # Kafka's brokers before 0.8.2, which quoted everything
    '"kafka.consumer":type="FetchRequests",name="ReplicaFetcherThread-0-1-requests"': ["Count"],
    '"kafka.consumer":type="FetchRequests",name="ReplicaFetcherThread-0-1-host_h1-port_9092-requests"': ["Value"],
    '"kafka.consumer":type="FetchLag",name="ReplicaFetcherThread-0-1-host_h1-port_9092-t1-0-lag"': ["Value"],
    '"kafka.server":type="FetcherStats",name="ReplicaFetcherThread-0-1-host_h1-port_9092-BytesPerSec"': ["Count"],
    '"kafka.server":type="FetcherLagMetrics",name="ReplicaFetcherThread-0-1-host_h1-port_9092-t1-0-ConsumerLag"': [
        "Value"],
    '"kafka.cluster":type="Partition",name="t1-0-UnderReplicated"': ["Value"],
    '"kafka.log":type="Log",name="t1-0-Size"': ["Value"],
    '"kafka.server":type="BrokerTopicMetrics",name="t1-MessagesInPerSec"': ["Count"],
    '"kafka.server":type="Topics",name="t1-Records"': ["Value"],
    '"kafka.network":type="Acceptor",name="Processor-2-Idle"': ["Value"],
    '"kafka.server":type="ReplicaManager",name="ExpiresPerSec"': ["Count"],
    '"kafka.server":type="ReplicaManager",name="LeaderCount"': ["Value"],
    # Kafka's clients, Connect and Streams
    "kafka.connect:type=app-info,client-id=c1": [
        "start-time-ms=long:1700000000123", "commit-id=string:3a1b", "version=string:4.1.1"],
    "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=c1,topic=t1,partition=0": [
        "records-lag=double:1.0", "records-lag-max=double:2.0", "records-lead=double:3.0", "preferred-read-replica"],
    "kafka.producer:type=producer-topic-metrics,client-id=c1,topic=t1": [
        "record-send-total=double:44.0", "compression-rate=double:0.5"],
    "kafka.producer:type=producer-node-metrics,client-id=c1,node-id=node-1": ["request-total=double:45.0"],
    "kafka.consumer:type=consumer-metrics,client-id=c1": ["connection-count=double:2.0"],
    "kafka.connect:type=connector-task-metrics,connector=x1,task=0": [
        "status=string:running", "batch-size-avg=double:NaN"],
    "kafka.connect:type=connect-worker-metrics,connector=x1": ["connector-running-task-count"],
    "kafka.connect:type=connect-worker-metrics": ["task-count"],
    "kafka.connect:type=connect-worker-rebalance-metrics": ["epoch"],
    "kafka.streams:type=stream-processor-node-metrics,thread-id=h1,task-id=0_0,processor-node-id=p1": [
        "process-rate=double:0.5", "process-total=double:46.0"],
    "kafka.streams:type=stream-thread-metrics,thread-id=h1": [
        "poll-latency-max=double:-Infinity", "poll-latency-avg=double:NaN", "commit-rate", "process-records-avg"],
    "kafka.streams:type=stream-metrics,client-id=s1": [
        "alive-stream-threads", "failed-stream-threads", "state=string:RUNNING"],
    "kafka.streams:type=stream-metrics,client-id=s2": ["state=string:REBALANCING"],
    "kafka.streams:type=stream-state-metrics,thread-id=h1,rocksdb-state-id=s1": [
        "block-cache-usage", "size-all-mem-tables", "estimate-table-readers-mem", "block-cache-capacity"],
    # Spark before 3, and as of 3
    "metrics:name=master.aliveWorkers": ["Value"],
    "metrics:name=worker.coresFree": ["Value"],
    "metrics:name=app-1.driver.DAGScheduler.stage.failedStages": ["Value"],
    "metrics:name=app-1.driver.DAGScheduler.messages": ["Count"],
    "metrics:name=app-1.driver.HiveExternalCatalog.calls": ["Count"],
    "metrics:name=app-1.driver.CodeGenerator.size": ["Count"],
    "metrics:name=app-1.driver.LiveListenerBus.events": ["Count"],
    "metrics:name=app-1.driver.LiveListenerBus.queueSize": ["Value"],
    "metrics:name=app-1.driver.com.example.Job.StreamingMetrics.streaming.lastBatch": ["Value"],
    "metrics:name=app-1.driver.spark.streaming.query.inputRate-total": ["Value"],
    "metrics:name=app-1.0.executor.filesystem.read": ["Value"],
    "metrics:name=app-1.0.executor.threadpool.active": ["Value"],
    "metrics:name=app-1.0.executor.JvmGCtime": ["Count"],
    "metrics:name=app-1.0.jvm.heap.used": ["Value"],
    "metrics:name=app-1.0.HiveExternalCatalog.calls": ["Count"],
    "metrics:name=app-1.0.CodeGenerator.size": ["Count"],
    "metrics:name=master.aliveWorkers,type=counters": ["Value"],
    "metrics:name=worker.coresFree,type=counters": ["Value"],
    "metrics:name=app-1.driver.BlockManager.memory.used,type=gauges": ["Value"],
    "metrics:name=app-1.driver.DAGScheduler.messages,type=counters": ["Count"],
    "metrics:name=app-1.driver.HiveExternalCatalog.calls,type=counters": ["Count"],
    "metrics:name=app-1.driver.CodeGenerator.size,type=counters": ["Count"],
    "metrics:name=app-1.driver.LiveListenerBus.events,type=counters": ["Count"],
    "metrics:name=app-1.driver.LiveListenerBus.queueSize,type=gauges": ["Value"],
    "metrics:name=app-1.driver.com.example.Job.StreamingMetrics.streaming.lastBatch,type=gauges": ["Value"],
    "metrics:name=app-1.driver.spark.streaming.query.inputRate-total,type=gauges": ["Value"],
    "metrics:name=app-1.0.executor.filesystem.read,type=gauges": ["Value"],
    "metrics:name=app-1.0.executor.threadpool.active,type=gauges": ["Value"],
    "metrics:name=app-1.0.executor.JvmGCtime,type=counters": ["Count"],
    "metrics:name=app-1.0.ExecutorMetrics.JVMHeapMemory,type=gauges": ["Value"],
    "metrics:name=app-1.0.jvm.heap.used,type=gauges": ["Value"],
    "metrics:name=app-1.0.HiveExternalCatalog.calls,type=counters": ["Count"],
    "metrics:name=app-1.0.CodeGenerator.size,type=counters": ["Count"],
    # Tomcat
    "Catalina:type=Server": ["serverInfo=string:Apache Tomcat/10.1.60"],
    'Catalina:type=GlobalRequestProcessor,name="http-nio-8080"': ["requestCount", "bytesSent"],
    "Catalina:j2eeType=Servlet,WebModule=//localhost/app,name=default,J2EEApplication=none,J2EEServer=none": [
        "requestCount", "processingTime", "loadTime"],
    'Catalina:type=ThreadPool,name="http-nio-8080"': ["currentThreadCount", "maxThreads", "port"],
    "Catalina:type=Manager,host=localhost,context=/app": ["sessionCounter", "expiredSessions"],
    # WebLogic
    "com.bea:ServerRuntime=AdminServer,Name=default,ApplicationRuntime=moduleJMS,Type=WorkManagerRuntime": [
        "CompletedRequests"],
    "com.bea:ServerRuntime=AdminServer,Name=ds1,Type=JDBCDataSourceRuntime": ["ActiveConnectionsCurrentCount"],
    "com.bea:ServerRuntime=AdminServer,Name=app1,Type=ApplicationRuntime": [
        "OverallHealthStateJMX=composite:IsCritical/0,IsFailed/1"],
    # WildFly
    "jboss.as:subsystem=messaging-activemq,server=default,jms-queue=DLQ": ["messageCount"],
    "jboss.as:subsystem=messaging-activemq,server=default,jms-topic=news": ["messageCount"],
    "jboss.as:subsystem=datasources,data-source=ds1,statistics=pool": ["ActiveCount"],
    "jboss.as:subsystem=datasources,xa-data-source=ds2,statistics=pool": ["ActiveCount"],
    "jboss.as:subsystem=transactions": ["numberOfCommittedTransactions"],
    "jboss.as:subsystem=undertow,server=default,http-listener=main": ["bytesSent", "errorCount", "maxProcessing"],
    "jboss.as:subsystem=undertow,server=default,https-listener=main": ["bytesSent"],
    # ZooKeeper
    "org.apache.ZooKeeperService:name0=ReplicatedServer_id1": ["QuorumSize"],
    "org.apache.ZooKeeperService:name0=ReplicatedServer_id1,name1=replica.1": ["ElectionTimeTaken"],
    "org.apache.ZooKeeperService:name0=ReplicatedServer_id1,name1=replica.1,name2=Leader": [
        "PacketsReceived", "AvgRequestLatency=double:0.5"],
    "org.apache.ZooKeeperService:name0=ReplicatedServer_id1,name1=replica.1,name2=Leader,name3=InMemoryDataTree": [
        "NodeCount"],
    "org.apache.ZooKeeperService:name0=StandaloneServer_port2181": ["MaxRequestLatency"],
    "org.apache.ZooKeeperService:name0=StandaloneServer_port2181,name1=InMemoryDataTree": ["WatchCount"],
}


def commands():
    """What tells tests/targets/MutableTarget to register the MBeans."""
    numbers = itertools.count(1)
    return ["\t".join(["register", name, *(attribute if "=" in attribute else f"{attribute}=long:{next(numbers)}"
                                           for attribute in attributes)])
            for name, attributes in BEANS.items()]


def fits(name, pattern):
    """Whether an ObjectName fits an ObjectName pattern."""
    (domain, properties), (wanted_domain, wanted) = (
        (text.partition(":")[0], text.partition(":")[2].split(",")) for text in (name, pattern))
    if wanted == ["*"] and wanted_domain == "*":
        return True
    keys = [each for each in wanted if each != "*"]
    return (domain == wanted_domain and (len(keys) == len(properties) or "*" in wanted)
            and all(any(fnmatch.fnmatchcase(each, key) for each in properties) for key in keys))


def leaves(patterns):
    """(properties and path as a match string shows them, attribute, value) of every value of the
    MBeans whose names fit one of the patterns."""
    for command in commands():
        _, name, *attributes = command.split("\t")
        if not any(fits(name, pattern) for pattern in patterns):
            continue
        domain, _, properties = name.partition(":")
        bean = f"{domain}<{properties.replace(',', ', ')}>"
        for attribute in attributes:
            attribute, _, value = attribute.partition("=")
            kind, _, text = value.partition(":")
            if kind == "composite":
                for item in text.split(","):
                    item, _, text = item.partition("/")
                    yield f"{bean}<{attribute}>", item, text
            else:
                yield f"{bean}<>", attribute, text


def snake_case(attribute):
    """Specification 6.4.2."""
    out = ""
    for before, character in zip("_" + attribute, attribute):
        out += "_" if character.isupper() and not before.isupper() and before != "_" else ""
        out += character.lower()
    return out


def rules_of(path):
    """(pattern, whether attributes are in snake case) of each rule of an example file, in order. A
    reader of YAML as those files write it, no more."""
    text = path.read_text(encoding="utf-8")
    for block in re.split(r"(?m)^ *- (?=pattern|name)", text[re.search(r"(?m)^rules:", text).end():])[1:]:
        pattern = re.search(r"(?m)^ *pattern *: (.*?) *$", block)[1]
        if pattern[0] == '"':
            pattern = re.sub(r"\\(.)", r"\1", pattern[1:-1])
        elif pattern[0] == "'":
            pattern = pattern[1:-1]
        yield pattern, re.search(r"(?m)^ *attrNameSnakeCase: true", block) is not None


def included(path):
    """The names that an example file asks for."""
    listed = re.search(r"(?ms)^(?:whitelist|include)ObjectNames:(.*?)^\w", path.read_text(encoding="utf-8"))
    lines = listed[1].splitlines() if listed else ['"*:*"']
    return [name for line in lines if not line.lstrip().startswith("#")
            for name in re.findall(r'"([^"]*)"', line)]


def first_rules(path):
    """The numbers, from 1, of the rules of an example file that are the first to match something."""
    rules = [(re.compile(f"^.*(?:{pattern}).*$"), snake) for pattern, snake in rules_of(path)]
    texts = [(f"{bean}{attribute}: {value}", f"{bean}{snake_case(attribute)}: {value}")
             for bean, attribute, value in leaves(included(path))]
    found = set()
    if THREADING_NAME in included(path):
        texts.append((THREADING, THREADING))
    for plain, snaked in texts:
        found |= set(next(([number] for number, (rule, snake) in enumerate(rules, 1)
                           if rule.fullmatch(snaked if snake else plain)), []))
    return found, len(rules)
