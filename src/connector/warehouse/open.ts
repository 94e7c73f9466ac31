/** The warehouse of a session. */
import { type DatabaseFile, openDatabase } from '../../duckdb/database-file.ts'
import { HeadraceError } from '../../errors.ts'
import type { Site } from '../../seam/site.ts'

/**
 * The database file of a session, opened when it is first asked for. Without `create` a missing one is NOT_FOUND, and is
 * not made.
 */
export async function openWarehouse(site: Site, { create }: { create: boolean }): Promise<DatabaseFile> {
  const opened = () => site.shared('warehouse', () => openDatabase(site.warehouse, { create }))
  try {
    return await opened()
  } catch (error) {
    // Somebody who only reads may have asked at the same moment, and was told that there is none.
    if (create && error instanceof HeadraceError && error.code === 'NOT_FOUND') return opened()
    throw error
  }
}
