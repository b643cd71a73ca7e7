package io.tideline.api.server;

/**
 * What the server tells operators about its storage.
 *
 * @param description "embedded" with its directory, or the cluster's ZooKeeper quorum
 * @param sequencerVersion version of the sequencer that the region servers run
 */
public record StorageInfo(String description, String sequencerVersion) {}
