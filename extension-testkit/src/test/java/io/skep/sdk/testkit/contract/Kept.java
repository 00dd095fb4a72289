// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Runs all tests of a contract, each with an extension of its own, as JUnit does. */
final class Kept {

    private Kept() {}

    /** {@return the tests that fail, with what they say} */
    static Map<String, String> failures(ContractTest contract, Path folder) throws Exception {
        Map<String, String> failures = new TreeMap<>();
        for (Method test : AnnotationSupport.findAnnotatedMethods(
                contract.getClass(), Test.class, HierarchyTraversalMode.TOP_DOWN)) {
            contract.start(folder);
            try {
                test.setAccessible(true);
                test.invoke(contract);
            } catch (InvocationTargetException e) {
                failures.put(test.getName(), String.valueOf(e.getCause()));
            } finally {
                contract.stop();
            }
        }
        return failures;
    }

    /** {@return null, as hooks may whose compiler does not look for it} */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T none() {
        return null;
    }
}
