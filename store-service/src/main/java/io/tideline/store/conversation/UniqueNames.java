package io.tideline.store.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec;
import io.tideline.hbase.codec.RegistryCodec.UniqueName;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names that one conversation has and no other can take. Each stands in a registry timeline of its own, so that they spread
 * over all regions.
 */
final class UniqueNames {
    private static final String KEY = "conversation";

    private final RecordStore records;

    UniqueNames(RecordStore records) {
        this.records = records;
    }

    /** A name: the hex SHA-256 of the parts, each behind its length, so that no two lists of parts make one name. */
    static String digest(List<String> parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(UTF_8);
                sha.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
                sha.update(bytes);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whose the name is: its owner's, or the candidate's, which then has it for ever. */
    CompletableFuture<UniqueName> claim(AppId app, String name, Supplier<UniqueName> candidate, Deadline deadline) {
        RecordKey key =
                RecordKey.of(new TimelineId(app, TimelineFamily.REGISTRY, name), RecordKind.UNIQUE, KeyPart.of(KEY));
        return records.get(List.of(key), deadline).thenCompose(found -> {
            @Nullable TimelineRecord owner = found.get(key);
            return owner != null
                    ? CompletableFuture.completedFuture(RegistryCodec.decodeUnique(owner))
                    : claimFree(key, candidate.get(), deadline);
        });
    }

    private CompletableFuture<UniqueName> claimFree(RecordKey key, UniqueName candidate, Deadline deadline) {
        TimelineRecord claim = new TimelineRecord(key, 1, RegistryCodec.encode(candidate));
        return records.replace(claim, 0, deadline)
                .thenCompose(won -> won
                        ? CompletableFuture.completedFuture(candidate)
                        : claim(key.owner().app(), key.owner().name(), () -> candidate, deadline));
    }

    /** The conversation of a fresh message id. */
    static ConversationId conversationId(long messageId) {
        return new ConversationId(Long.toString(messageId, Character.MAX_RADIX));
    }
}
