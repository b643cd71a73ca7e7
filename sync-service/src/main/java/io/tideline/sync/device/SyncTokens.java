package io.tideline.sync.device;

import io.tideline.core.error.TidelineException;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.SyncCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens that say what a page delivered, and reads them again: base64url of {@code mac(16) | content}. The mac is
 * HMAC-SHA-256, cut to 16 bytes, over the device and the content, under a secret of the app that the first process makes
 * and all share. So no device can acknowledge for another, or what it was never given.
 */
final class SyncTokens {
    private static final int MAC_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final int MAX_APPS = 10_000;
    /** The longest token, a stream's, names some 350 conversations of at most 50 bytes each; older ones named 2,300. */
    private static final int MAX_CHARS = 1 << 18;

    private final RecordStore records;
    private final RandomGenerator random;
    /** Keyed with the app's secret; copied for each token, since keying takes as long as the rest. Never fed itself. */
    private final Map<AppId, Mac> secrets = new ConcurrentHashMap<>();

    SyncTokens(RecordStore records, RandomGenerator random) {
        this.records = records;
        this.random = random;
    }

    CompletableFuture<String> make(Device device, SyncCodec.Token token, Deadline deadline) {
        return secret(device.app(), deadline).thenApply(secret -> {
            byte[] content = SyncCodec.encode(token).toByteArray();
            byte[] mac = mac(secret, device, content);
            byte[] bytes = Arrays.copyOf(mac, MAC_BYTES + content.length);
            System.arraycopy(content, 0, bytes, MAC_BYTES, content.length);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        });
    }

    /** What the token says; empty when it is not one that was made for the device. */
    CompletableFuture<Optional<SyncCodec.Token>> read(Device device, String token, Deadline deadline) {
        return secret(device.app(), deadline).thenApply(secret -> {
            Optional<byte[]> bytes = decode(token);
            if (bytes.isEmpty() || bytes.get().length < MAC_BYTES) {
                return Optional.empty();
            }
            byte[] content = Arrays.copyOfRange(bytes.get(), MAC_BYTES, bytes.get().length);
            byte[] mac = Arrays.copyOf(bytes.get(), MAC_BYTES);
            return MessageDigest.isEqual(mac, mac(secret, device, content))
                    ? Optional.of(SyncCodec.decodeToken(Payload.takeOver(content)))
                    : Optional.empty();
        });
    }

    private static Optional<byte[]> decode(String token) {
        if (token.length() > MAX_CHARS) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getUrlDecoder().decode(token));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Mac keyed(Payload secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.toByteArray(), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    private static byte[] mac(Mac secret, Device device, byte[] content) {
        try {
            Mac mac = (Mac) secret.clone();
            updateSized(mac, device.app().value());
            updateSized(mac, device.user().value());
            updateSized(mac, device.id().value());
            return Arrays.copyOf(mac.doFinal(content), MAC_BYTES);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's own HmacSHA256 can be copied", e);
        }
    }

    private static void updateSized(Mac mac, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        mac.update(bytes);
    }

    private CompletableFuture<Mac> secret(AppId app, Deadline deadline) {
        @Nullable Mac known = secrets.get(app);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        TimelineId registry = new TimelineId(app, TimelineFamily.REGISTRY, "sync-tokens");
        RecordKey key = RecordKey.of(registry, RecordKind.UNIQUE, KeyPart.of("secret"));
        return find(key, deadline)
                .thenCompose(found ->
                        found.isPresent() ? CompletableFuture.completedFuture(found.get()) : create(key, deadline))
                .thenApply(secret -> {
                    if (secrets.size() >= MAX_APPS) {
                        secrets.clear();
                    }
                    Mac keyed = keyed(secret);
                    secrets.put(app, keyed);
                    return keyed;
                });
    }

    private CompletableFuture<Optional<Payload>> find(RecordKey key, Deadline deadline) {
        return records.get(List.of(key), deadline)
                .thenApply(found -> Optional.ofNullable(found.get(key)).map(TimelineRecord::value));
    }

    private CompletableFuture<Payload> create(RecordKey key, Deadline deadline) {
        byte[] made = new byte[SECRET_BYTES];
        random.nextBytes(made);
        Payload secret = Payload.takeOver(made);
        return records.replace(new TimelineRecord(key, 1, secret), 0, deadline)
                .thenCompose(mine -> mine
                        ? CompletableFuture.completedFuture(secret)
                        : find(key, deadline).thenApply(found -> found.orElseThrow(() -> noSecret())));
    }

    private static TidelineException noSecret() {
        return new io.tideline.core.error.StorageUnavailableException(
                "the secret of sync tokens was there and is not", Map.of(), null);
    }
}
