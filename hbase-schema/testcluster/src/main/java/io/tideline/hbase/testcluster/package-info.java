/**
 * A real HBase for tests, in processes of its own: one <em>control</em> JVM with ZooKeeper, HDFS (a name node and one
 * data node) and the master, and one JVM per region server, so that {@code kill -9} and {@code SIGSTOP} are the real
 * ones. Tests start it with {@link io.tideline.hbase.testcluster.SeparateCluster}, which needs no HBase on its class
 * path, and reach it over the network with their own client. The servers are unshaded HBase 2.6.1 with protobuf-java
 * 2.5.0: beside a newer protobuf they start well and their first region split hangs for ever, which is why they never
 * share a class path with the product. Everything listens on 127.0.0.1 only. The processes form a chain of standard
 * input pipes: when a parent ends, its children read end-of-file and end too.
 */
@NullMarked
package io.tideline.hbase.testcluster;

import org.jspecify.annotations.NullMarked;
