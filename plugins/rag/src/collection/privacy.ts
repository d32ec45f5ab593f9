export const declarations: any[] = []
