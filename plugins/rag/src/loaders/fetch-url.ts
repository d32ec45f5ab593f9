export const fetchUrl = async (...o: any[]): Promise<any> => o
